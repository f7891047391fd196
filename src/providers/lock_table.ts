import { type Awaitable, type FileLock, HOST_CONTEXT, VfsError } from "../fs/mod.ts";
import { FileLocks, type HeldLock, type Waiter } from "./_file_locks.ts";

/** How a {@link LockTable} is limited. */
export interface LockTableOptions {
  /**
   * The most locks that are held at a time (ENOLCK).
   *
   * @default {16384}
   */
  readonly locks?: number;
  /**
   * The most callers that wait at a time (ENOLCK).
   *
   * @default {1024}
   */
  readonly waiters?: number;
}

/**
 * The advisory locks on the files of a provider: ranges as `fcntl(2)` knows them, and whole files
 * as `flock(2)` does.
 *
 * A file is whatever object the provider has for it, a holder the handle through which a lock is
 * taken. Locks of one owner replace each other, are merged where they touch and split where a part
 * is given back. Those who wait are served in the order of their coming; a wait for a range that
 * could never end, because the owners wait for each other, fails with EDEADLK.
 *
 * @typeParam File What stands for a file: the same object as long as it has locks.
 *
 * @example
 * ```ts
 * import { LockTable } from "@vfs/server/core";
 *
 * const table = new LockTable();
 * const file = {}, handle = {};
 * table.lock(file, handle, {
 *   kind: "posix", type: "write", start: 0, end: 100, owner: "a", pid: 1,
 * });
 * console.log(table.getLock(file, {
 *   kind: "posix", type: "read", start: 50, end: Infinity, owner: "b", pid: 2,
 * })?.owner); // "a"
 * table.release(file, handle);
 * ```
 */
export class LockTable<File extends object = object> {
  readonly #files = new Map<File, FileLocks>();
  readonly #waiting = new Map<Waiter, FileLocks>();
  readonly #maxLocks: number;
  readonly #maxWaiters: number;
  #held = 0;

  /**
   * Makes a table without locks.
   *
   * @param options The limits.
   */
  constructor(options: LockTableOptions = {}) {
    this.#maxLocks = options.locks ?? 16384;
    this.#maxWaiters = options.waiters ?? 1024;
  }

  /** How many locks are held. */
  get size(): number {
    return this.#held;
  }

  /** How many callers wait for a lock. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes, changes or gives back a lock.
   *
   * @param file The file.
   * @param holder The handle through which it is taken; {@link LockTable.release} names it again.
   * @param lock The lock; for `flock` the range does not matter.
   * @param wait Whether to wait for a lock in conflict.
   * @param signal Ends the wait.
   * @returns Nothing at once, or a promise if it has to wait.
   * @throws {VfsError} EAGAIN for a conflict without `wait`, EDEADLK for a wait without end, EINTR
   * for one that was ended, EINVAL for an empty range, ENOLCK when there are too many.
   */
  lock(
    file: File,
    holder: object,
    lock: FileLock,
    wait = false,
    signal: AbortSignal = HOST_CONTEXT.signal,
  ): Awaitable<void> {
    const wanted = normalized(lock);
    const locks = this.#files.get(file) ?? new FileLocks();
    // As on Linux, changing an flock is to give it back and then to ask for the other.
    if (wanted.kind === "flock" && wanted.type !== "unlock") {
      this.#replace(file, locks, locks.held.filter((held) => !isOtherType(held, wanted)));
    }
    try {
      if (wanted.type === "unlock" || locks.conflict(wanted) === undefined) {
        this.#set(file, locks, wanted, holder);
        return;
      }
      if (!wait) throw new VfsError("EAGAIN");
      return this.#wait(file, locks, wanted, holder, signal);
    } finally {
      this.#wake(file, locks);
    }
  }

  /**
   * Asks for a lock that would be in conflict.
   *
   * @param file The file.
   * @param lock The lock that one would like to take.
   * @returns A lock of somebody else that is in the way, or `undefined`.
   */
  getLock(file: File, lock: FileLock): FileLock | undefined {
    const wanted = normalized(lock);
    const found = wanted.type === "unlock" ? undefined : this.#files.get(file)?.conflict(wanted);
    if (found === undefined) return undefined;
    const { holder: _, ...visible } = found;
    return visible;
  }

  /**
   * Gives back all locks that were taken through a handle, and ends its waits with EINTR.
   *
   * @param file The file.
   * @param holder The handle.
   */
  release(file: File, holder: object): void {
    const locks = this.#files.get(file);
    if (locks === undefined) return;
    for (const waiter of locks.waiters.filter((waiter) => waiter.holder === holder)) {
      waiter.end(new VfsError("EINTR"));
    }
    this.#replace(file, locks, locks.held.filter((held) => held.holder !== holder));
    this.#wake(file, locks);
  }

  #set(file: File, locks: FileLocks, lock: FileLock, holder: object): void {
    const held = locks.with(lock, holder);
    const growth = held.length - locks.held.length;
    if (growth > 0 && this.#held + growth > this.#maxLocks) throw new VfsError("ENOLCK");
    this.#replace(file, locks, held);
  }

  #replace(file: File, locks: FileLocks, held: HeldLock[]): void {
    this.#held += held.length - locks.held.length;
    locks.held = held;
    this.#tidy(file, locks);
  }

  /** A file is in the table while it has locks or somebody waits. */
  #tidy(file: File, locks: FileLocks): void {
    if (locks.held.length > 0 || locks.waiters.length > 0) this.#files.set(file, locks);
    else this.#files.delete(file);
  }

  #wait(
    file: File,
    locks: FileLocks,
    lock: FileLock,
    holder: object,
    signal: AbortSignal,
  ): Promise<void> {
    if (lock.kind === "posix" && this.#isDeadlock(locks, lock)) throw new VfsError("EDEADLK");
    if (signal.aborted) throw new VfsError("EINTR");
    if (this.#waiting.size >= this.#maxWaiters) throw new VfsError("ENOLCK");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => waiter.end(new VfsError("EINTR"));
    const end = (error?: VfsError) => {
      signal.removeEventListener("abort", abort);
      locks.waiters.splice(locks.waiters.indexOf(waiter), 1);
      this.#waiting.delete(waiter);
      this.#tidy(file, locks);
      if (error === undefined) resolve();
      else reject(error);
    };
    const waiter: Waiter = { lock, holder, end };
    signal.addEventListener("abort", abort);
    locks.waiters.push(waiter);
    this.#waiting.set(waiter, locks);
    this.#tidy(file, locks);
    return promise;
  }

  /** Grants what can be granted now; a grant may make way for somebody who came before. */
  #wake(file: File, locks: FileLocks): void {
    for (;;) {
      const waiter = locks.waiters.find(({ lock }) => locks.conflict(lock) === undefined);
      if (waiter === undefined) return;
      try {
        this.#set(file, locks, waiter.lock, waiter.holder);
        waiter.end();
      } catch (error) {
        waiter.end(error as VfsError);
      }
    }
  }

  /** Whether those who are in the way wait, directly or through others, for the one who asks. */
  #isDeadlock(locks: FileLocks, lock: FileLock): boolean {
    const waitsOf = new Map<string, [Waiter, FileLocks][]>();
    for (const wait of this.#waiting) {
      const [{ lock: { kind, owner } }] = wait;
      if (kind === "posix") waitsOf.set(owner, [...waitsOf.get(owner) ?? [], wait]);
    }
    const seen = new Set(locks.blockers(lock));
    for (const owner of seen) {
      if (owner === lock.owner) return true;
      for (const [waiter, where] of waitsOf.get(owner) ?? []) {
        // A set that grows while it is walked is walked to its new end.
        for (const blocker of where.blockers(waiter.lock)) seen.add(blocker);
      }
    }
    return false;
  }
}

function isOtherType(held: FileLock, wanted: FileLock): boolean {
  return held.kind === wanted.kind && held.owner === wanted.owner && held.type !== wanted.type;
}

function normalized(lock: FileLock): FileLock {
  if (lock.kind === "flock") return { ...lock, start: 0, end: Infinity };
  if (!(lock.start >= 0 && lock.end > lock.start)) throw new VfsError("EINVAL");
  return lock;
}
