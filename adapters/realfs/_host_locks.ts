import { setTimeout } from "node:timers";
import {
  type Awaitable,
  type FileLock,
  isPromiseLike,
  type OpContext,
  VfsError,
} from "../../src/fs/mod.ts";
import { LockTable } from "../../src/providers/lock_table.ts";
import { KernelLocks, type LockHolder } from "./_kernel_locks.ts";
import type { Syscalls } from "./syscalls.ts";

/** How long to wait at first, and at most, for a lock of another process, in milliseconds. */
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 200;

/** What stands for an inode while handles that have used locks are open on it. */
export interface LockedInode {
  readonly key: string;
  handles: number;
}

/**
 * The advisory locks that guests hold on the files of a directory.
 *
 * A table decides among guests: it knows who waits for whom. What it grants is then asked of the
 * kernel, so that it holds against other processes too; the kernel cannot be waited for without
 * stopping everything, so it is asked again from time to time.
 */
export class HostLocks {
  readonly #table = new LockTable<LockedInode>();
  readonly #inodes = new Map<string, LockedInode>();
  readonly #kernel: KernelLocks;

  constructor(syscalls: Syscalls) {
    this.#kernel = new KernelLocks(syscalls);
  }

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
  leave(inode: LockedInode, holder: LockHolder): void {
    this.#kernel.leave(holder);
    this.#table.release(inode, holder);
    if (--inode.handles === 0) this.#inodes.delete(inode.key);
  }

  lock(
    inode: LockedInode,
    holder: LockHolder,
    lock: FileLock,
    wait: boolean,
    context: OpContext | undefined,
  ): Awaitable<void> {
    try {
      const isFree = this.#table.getLock(inode, lock) === undefined;
      if (isFree && this.#kernel.set(inode.key, holder, lock)) {
        return this.#table.lock(inode, holder, lock, false);
      }
      if (isFree && !wait) throw new VfsError("EAGAIN");
      const granted = this.#table.lock(inode, holder, lock, wait, context?.signal);
      return isPromiseLike(granted)
        ? granted.then(() => this.#wait(inode, holder, lock, context))
        : this.#wait(inode, holder, lock, context);
    } catch (error) {
      // As on Linux, an flock that cannot be changed is lost.
      if (lock.kind === "flock") this.#kernel.set(inode.key, holder, { ...lock, type: "unlock" });
      throw error;
    }
  }

  /** The table has granted it: asks the kernel until it does too. */
  async #wait(
    inode: LockedInode,
    holder: LockHolder,
    lock: FileLock,
    context: OpContext | undefined,
  ): Promise<void> {
    try {
      for (let ms = FIRST_WAIT_MS; !this.#set(inode, holder, lock); ms *= 2) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(ms, LONGEST_WAIT_MS)));
        if (context?.signal.aborted) throw new VfsError("EINTR");
      }
    } catch (error) {
      this.#table.lock(inode, holder, { ...lock, type: "unlock" });
      throw error;
    }
  }

  #set(inode: LockedInode, holder: LockHolder, lock: FileLock): boolean {
    // The handle was closed while it waited.
    if (this.#inodes.get(inode.key) !== inode) throw new VfsError("EINTR");
    return this.#kernel.set(inode.key, holder, lock);
  }

  getLock(inode: LockedInode, holder: LockHolder, lock: FileLock): FileLock | undefined {
    return this.#table.getLock(inode, lock) ?? this.#kernel.find(holder, lock);
  }
}
