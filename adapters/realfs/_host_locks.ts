import type { Awaitable, FileLock, OpContext } from "../../src/fs/mod.ts";
import { LockTable } from "../../src/providers/lock_table.ts";

/** What stands for an inode while handles that have used locks are open on it. */
export interface LockedInode {
  readonly key: string;
  handles: number;
}

/** The advisory locks that guests hold on the files of a directory. */
export class HostLocks {
  readonly #table = new LockTable<LockedInode>();
  readonly #inodes = new Map<string, LockedInode>();

  /** Finds what stands for an inode; to be given back by `leave`. */
  enter(device: number, ino: bigint): LockedInode {
    const key = `${device}:${ino}`;
    let inode = this.#inodes.get(key);
    if (inode === undefined) {
      inode = { key, handles: 0 };
      this.#inodes.set(key, inode);
    }
    inode.handles++;
    return inode;
  }

  /** Gives back all locks that a handle took, and what stood for its inode. */
  leave(inode: LockedInode, handle: object): void {
    this.#table.release(inode, handle);
    if (--inode.handles === 0) this.#inodes.delete(inode.key);
  }

  lock(
    inode: LockedInode,
    handle: object,
    lock: FileLock,
    wait: boolean,
    context: OpContext | undefined,
  ): Awaitable<void> {
    return this.#table.lock(inode, handle, lock, wait, context?.signal);
  }

  getLock(inode: LockedInode, lock: FileLock): FileLock | undefined {
    return this.#table.getLock(inode, lock);
  }
}
