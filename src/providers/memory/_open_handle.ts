import {
  type Awaitable,
  canRead,
  canWrite,
  type FileLock,
  HOST_CONTEXT,
  O_NOATIME,
  type OpContext,
  type TimeChange,
  VfsError,
} from "../../fs/mod.ts";
import type { Inode } from "./_inode.ts";
import { PathHandle } from "./_path_handle.ts";
import type { Volume } from "./_volume.ts";

/** What files and directories that are open have in common. */
export class OpenHandle extends PathHandle {
  protected readonly flags: number;
  #hasLocks = false;
  #isUnread = true;

  constructor(volume: Volume, inode: Inode, flags: number) {
    super(volume, inode);
    this.flags = flags;
  }

  protected accessed(inode: Inode): void {
    if ((this.flags & O_NOATIME) !== 0) return;
    this.volume.accessed(inode, this.#isUnread);
    this.#isUnread = false;
  }

  override sync(_context?: OpContext): void {
    void this.inode;
  }

  override chmod(mode: number, context: OpContext = HOST_CONTEXT): void {
    this.volume.chmod(this.inode, mode, context);
  }

  override chown(uid: number, gid: number, context: OpContext = HOST_CONTEXT): void {
    this.volume.chown(this.inode, uid, gid, context);
  }

  override utimes(atime: TimeChange, mtime: TimeChange, _context?: OpContext): void {
    this.volume.utimes(this.inode, atime, mtime);
  }

  override lock(
    lock: FileLock,
    wait = false,
    context: OpContext = HOST_CONTEXT,
  ): Awaitable<void> {
    const inode = this.inode;
    const { kind, type } = lock;
    if (kind === "posix") {
      if (type === "read" && !canRead(this.flags)) throw new VfsError("EBADF");
      if (type === "write" && !canWrite(this.flags)) throw new VfsError("EBADF");
    }
    this.#hasLocks = true;
    return this.volume.locks.lock(inode, this, lock, wait, context.signal);
  }

  override getLock(lock: FileLock, _context?: OpContext): FileLock | undefined {
    return this.volume.locks.getLock(this.inode, lock);
  }

  protected override released(inode: Inode): void {
    if (this.#hasLocks) this.volume.locks.release(inode, this);
  }
}
