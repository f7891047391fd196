import type { FileLock, VfsError } from "../fs/mod.ts";

/** A lock that is held, and through which handle it was taken. */
export interface HeldLock extends FileLock {
  readonly holder: object;
}

/** Somebody who waits for a lock. */
export interface Waiter {
  readonly lock: FileLock;
  readonly holder: object;
  /** Ends the wait, with an error if the lock was not granted. */
  readonly end: (error?: VfsError) => void;
}

/** The locks on one file, and those who wait for one, in the order of their coming. */
export class FileLocks {
  held: HeldLock[] = [];
  waiters: Waiter[] = [];

  /** The first lock of somebody else that is in the way. */
  conflict(lock: FileLock): HeldLock | undefined {
    return this.held.find((held) => isConflict(held, lock));
  }

  /** All who hold a lock that is in the way. */
  blockers(lock: FileLock): string[] {
    return this.held.filter((held) => isConflict(held, lock)).map((held) => held.owner);
  }

  /** What is held once a lock that has no conflict is set, merged and split as POSIX says. */
  with(lock: FileLock, holder: object): HeldLock[] {
    let { start, end } = lock;
    const held: HeldLock[] = [];
    for (const other of this.held) {
      const isApart = other.end < start || other.start > end;
      if (isApart || other.kind !== lock.kind || other.owner !== lock.owner) {
        held.push(other);
      } else if (other.type === lock.type && other.holder === holder) {
        start = Math.min(start, other.start);
        end = Math.max(end, other.end);
      } else {
        if (other.start < start) held.push({ ...other, end: start });
        if (other.end > end) held.push({ ...other, start: Math.max(other.start, end) });
      }
    }
    if (lock.type !== "unlock") held.push({ ...lock, start, end, holder });
    return held;
  }
}

function isConflict(held: FileLock, lock: FileLock): boolean {
  return held.kind === lock.kind && held.owner !== lock.owner &&
    (held.type === "write" || lock.type === "write") &&
    held.start < lock.end && lock.start < held.end;
}
