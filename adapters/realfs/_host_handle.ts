import {
  type Awaitable,
  BaseHandle,
  type FileInfo,
  type FileLock,
  type OpContext,
  type TimeChange,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkIds } from "./_check.ts";
import type { LockHolder } from "./_kernel_locks.ts";
import type { LockedInode } from "./_host_locks.ts";
import type { Volume } from "./_volume.ts";

/** What open files and open directories have in common: a descriptor, and the inode behind it. */
export abstract class HostHandle extends BaseHandle {
  protected readonly volume: Volume;
  #descriptor: number;
  #busy = 0;
  #locked: LockedInode | undefined;
  #lockHolder: LockHolder | undefined;
  #closing = false;

  constructor(volume: Volume, descriptor: number) {
    super();
    this.volume = volume;
    this.#descriptor = descriptor;
  }

  /** Opens the inode once more, with the same access. */
  protected abstract reopen(descriptor: number): number;

  /** The descriptor; EBADF when the handle is closed. */
  protected get descriptor(): number {
    if (this.#closing) throw new VfsError("EBADF");
    return this.#descriptor;
  }

  override stat(): FileInfo {
    return this.volume.describe(this.descriptor);
  }

  override sync(): Promise<void> {
    return this.#sync(false);
  }

  override datasync(): Promise<void> {
    return this.#sync(true);
  }

  /** The descriptor stays open while another thread works on it: its number must not be reused. */
  async #sync(dataOnly: boolean): Promise<void> {
    const descriptor = this.descriptor;
    this.#busy++;
    try {
      await this.volume.syscalls.sync(descriptor, dataOnly);
    } finally {
      this.#busy--;
      if (this.#closing) this.#closeWhenIdle();
    }
  }

  override chmod(mode: number): void {
    this.volume.checkWritable();
    const { ownership, stat, syscalls } = this.volume;
    const { descriptor } = this;
    syscalls.fstat(descriptor, stat);
    ownership.chmod(descriptor, stat, mode);
  }

  override chown(uid: number, gid: number): void {
    this.volume.checkWritable();
    checkIds(uid, gid);
    const { ownership, stat, syscalls } = this.volume;
    const { descriptor } = this;
    syscalls.fstat(descriptor, stat);
    ownership.chown(descriptor, stat, uid, gid);
  }

  override utimes(atime: TimeChange, mtime: TimeChange): void {
    this.volume.checkWritable();
    this.volume.syscalls.utimes(this.descriptor, atime, mtime);
  }

  override lock(lock: FileLock, wait = false, context?: OpContext): Awaitable<void> {
    return this.volume.locks.lock(this.#lockedInode(), this.#holder, lock, wait, context);
  }

  override getLock(lock: FileLock): FileLock | undefined {
    return this.volume.locks.getLock(this.#lockedInode(), this.#holder, lock);
  }

  get #holder(): LockHolder {
    if (this.#lockHolder === undefined) {
      const descriptor = this.#descriptor;
      this.#lockHolder = { descriptor, reopen: () => this.reopen(descriptor) };
    }
    return this.#lockHolder;
  }

  #lockedInode(): LockedInode {
    const { locks, stat, syscalls } = this.volume;
    const { descriptor } = this;
    if (this.#locked === undefined) {
      syscalls.fstat(descriptor, stat);
      this.#locked = locks.enter(stat.dev, stat.ino);
    }
    return this.#locked;
  }

  override close(): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#locked !== undefined) this.volume.locks.leave(this.#locked, this.#holder);
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#busy > 0 || this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    this.release();
    this.volume.syscalls.close(descriptor);
  }

  /** Frees what belongs to the descriptor, just before it is closed. */
  protected release(): void {}
}
