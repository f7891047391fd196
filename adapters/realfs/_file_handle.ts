import {
  type Awaitable,
  canRead,
  canWrite,
  type ErrnoCode,
  type FileLock,
  type Handle,
  O_APPEND,
  O_RDONLY,
  O_RDWR,
  O_WRONLY,
  type OpContext,
  SEEK_END,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkOffset, checkSize } from "./_check.ts";
import { HostHandle } from "./_host_handle.ts";
import type { Volume } from "./_volume.ts";

/** How much is copied at a time where the host cannot do it by itself. */
const COPY_BYTES = 1 << 20;

/** What a host answers that cannot copy a range, while reading and writing it works. */
const CANNOT_COPY: ReadonlySet<ErrnoCode> = new Set(["EXDEV", "EOPNOTSUPP", "ENOSYS", "EINVAL"]);

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** An open regular file. */
export class FileHandle extends HostHandle {
  readonly #canRead: boolean;
  readonly #canWrite: boolean;
  readonly #appends: boolean;

  constructor(volume: Volume, file: number, flags: number) {
    super(volume, file);
    this.#canRead = canRead(flags);
    this.#canWrite = canWrite(flags);
    this.#appends = (flags & O_APPEND) !== 0;
  }

  get #readable(): number {
    if (!this.#canRead) throw new VfsError("EBADF");
    return this.descriptor;
  }

  get #writable(): number {
    if (!this.#canWrite) throw new VfsError("EBADF");
    return this.descriptor;
  }

  protected override reopen(descriptor: number): number {
    const access = this.#canRead ? (this.#canWrite ? O_RDWR : O_RDONLY) : O_WRONLY;
    return this.volume.syscalls.reopen(descriptor, access);
  }

  override readAt(buffer: Uint8Array, offset: number): number {
    checkOffset(offset);
    return this.volume.syscalls.read(this.#readable, buffer, offset);
  }

  override writeAt(data: Uint8Array, offset: number): number {
    checkOffset(offset);
    return this.volume.syscalls.write(this.#writable, data, offset);
  }

  override write(data: Uint8Array, context?: OpContext): Awaitable<number> {
    if (!this.#appends) return super.write(data, context);
    const count = this.writeAt(data, 0);
    this.seek(0, SEEK_END);
    return count;
  }

  override truncate(size: number): void {
    checkSize(size);
    const file = this.descriptor;
    if (!this.#canWrite) throw new VfsError("EINVAL");
    this.volume.syscalls.truncate(file, size);
  }

  override allocate(mode: number, offset: number, length: number): void {
    const file = this.#writable;
    checkOffset(offset);
    if (!(length > 0)) throw new VfsError("EINVAL");
    checkSize(offset + length);
    this.volume.syscalls.allocate(file, mode, offset, length);
  }

  override seekData(offset: number): number {
    checkOffset(offset);
    return this.volume.syscalls.seek(this.descriptor, offset, SEEK_DATA);
  }

  override seekHole(offset: number): number {
    checkOffset(offset);
    return this.volume.syscalls.seek(this.descriptor, offset, SEEK_HOLE);
  }

  #mayLock(type: FileLock["type"]): boolean {
    return type === "read" ? this.#canRead : type === "write" ? this.#canWrite : true;
  }

  override lock(lock: FileLock, wait = false, context?: OpContext): Awaitable<void> {
    // As fcntl(2) has it; flock(2) takes any descriptor.
    if (lock.kind === "posix" && !this.#mayLock(lock.type)) throw new VfsError("EBADF");
    return super.lock(lock, wait, context);
  }

  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
  ): number {
    if (!(target instanceof FileHandle) || target.volume !== this.volume) {
      throw new VfsError("EXDEV");
    }
    checkOffset(offset);
    checkOffset(targetOffset);
    checkOffset(length);
    const from = this.#readable;
    const to = target.#writable;
    if (target.#appends) throw new VfsError("EBADF");
    const overlaps = Math.abs(offset - targetOffset) < length;
    if (overlaps && this.stat().ino === target.stat().ino) throw new VfsError("EINVAL");
    try {
      return this.volume.syscalls.copyRange(from, offset, to, targetOffset, length);
    } catch (error) {
      if (!(error instanceof VfsError) || !CANNOT_COPY.has(error.code)) throw error;
    }
    const buffer = new Uint8Array(Math.min(length, COPY_BYTES));
    const count = this.readAt(buffer, offset);
    return count === 0 ? 0 : target.writeAt(buffer.subarray(0, count), targetOffset);
  }
}
