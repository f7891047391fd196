import fs from "node:fs";
import {
  type ErrnoCode,
  errnoName,
  type FileLock,
  toVfsError,
  VfsError,
} from "../../src/fs/mod.ts";
import type { CFunctions, Libc } from "./_c_functions.ts";
import { readLock, STRUCT_BYTES, writeLock } from "./_native_structs.ts";
import { Struct } from "./_struct.ts";
import type { HostLock } from "./syscalls.ts";

/** The kernel moves a little less than 2 GiB at a time. */
const LARGEST_COPY = 0x7fff_f000;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const LOCK_NB = 4;
/** LOCK_SH, LOCK_EX and LOCK_UN. */
const FLOCK_TYPE = { read: 1, write: 2, unlock: 8 } as const;

/** The native system calls on open files: the half of them that knows no names. */
export abstract class NativeFiles {
  protected readonly libc: Libc;
  protected readonly c: CFunctions;
  protected readonly word: Libc["word"];
  protected readonly struct: Struct = new Struct(STRUCT_BYTES);
  readonly #second: Struct = new Struct(STRUCT_BYTES);

  constructor(libc: Libc) {
    this.libc = libc;
    this.c = libc.functions;
    this.word = libc.word;
  }

  /** Why the call just before failed. Nothing may come between the two. */
  protected failure(): ErrnoCode {
    return errnoName(this.libc.errno()) ?? "EIO";
  }

  /** Takes the result of the call just before, or fails with its errno. */
  protected done(result: number): number {
    if (result < 0) throw new VfsError(this.failure());
    return result;
  }

  truncate(descriptor: number, size: number): void {
    this.done(this.c.ftruncate(descriptor, this.libc.wide(size)));
  }

  read(file: number, buffer: Uint8Array, offset: number): number {
    const { length } = buffer;
    if (this.libc.sharesDescriptors) {
      try {
        return fs.readSync(file, buffer, 0, length, offset);
      } catch (error) {
        throw toVfsError(error);
      }
    }
    if (length === 0) return 0;
    const { wide } = this.libc;
    return this.done(this.c.pread(file, buffer, wide(length), wide(offset)));
  }

  write(file: number, data: Uint8Array, offset: number): number {
    const { length } = data;
    if (this.libc.sharesDescriptors) {
      try {
        return fs.writeSync(file, data, 0, length, offset);
      } catch (error) {
        throw toVfsError(error);
      }
    }
    if (length === 0) return 0;
    const { wide } = this.libc;
    return this.done(this.c.pwrite(file, data, wide(length), wide(offset)));
  }

  async sync(descriptor: number, dataOnly: boolean): Promise<void> {
    const { syncElsewhere } = this.libc;
    if (syncElsewhere === undefined) return await syncByRuntime(descriptor, dataOnly);
    if (await syncElsewhere(descriptor, dataOnly) >= 0) return;
    // The errno stayed in the other thread. Asking again may tell it; that it failed is known.
    this.done(dataOnly ? this.c.fdatasync(descriptor) : this.c.fsync(descriptor));
    throw new VfsError("EIO");
  }

  allocate(file: number, mode: number, offset: number, length: number): void {
    const { wide } = this.libc;
    this.done(this.c.fallocate(file, mode, wide(offset), wide(length)));
  }

  seek(file: number, offset: number, whence: number): number {
    const found = Number(this.c.lseek(file, this.libc.wide(offset), whence));
    return this.done(found);
  }

  copyRange(
    file: number,
    offset: number,
    target: number,
    targetOffset: number,
    length: number,
  ): number {
    this.struct.setWide(0, offset);
    this.#second.setWide(0, targetOffset);
    const count = this.libc.wide(Math.min(length, LARGEST_COPY));
    const from = this.struct.bytes;
    return this.done(
      this.c.copy_file_range(file, from, target, this.#second.bytes, count, 0),
    );
  }

  lock(file: number, type: FileLock["type"], start: number, end: number): boolean {
    writeLock(this.struct, type, start, end);
    return this.#granted(this.c.fcntl(file, F_OFD_SETLK, this.struct.bytes));
  }

  flock(file: number, type: FileLock["type"]): boolean {
    return this.#granted(this.c.flock(file, LOCK_NB | FLOCK_TYPE[type]));
  }

  #granted(result: number): boolean {
    if (result >= 0) return true;
    const failure = this.failure();
    if (failure === "EAGAIN" || failure === "EACCES") return false;
    throw new VfsError(failure);
  }

  getLock(file: number, type: "read" | "write", start: number, end: number): HostLock | undefined {
    writeLock(this.struct, type, start, end);
    this.done(this.c.fcntl(file, F_OFD_GETLK, this.struct.bytes));
    return readLock(this.struct);
  }
}

function syncByRuntime(descriptor: number, dataOnly: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown) => error ? reject(toVfsError(error)) : resolve();
    if (dataOnly) fs.fdatasync(descriptor, done);
    else fs.fsync(descriptor, done);
  });
}
