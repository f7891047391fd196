import { type FileLock, VfsError } from "../../src/fs/mod.ts";
import type { Syscalls } from "./syscalls.ts";

/** How many descriptors there are at most for the sake of locks alone. */
const EXTRA_DESCRIPTORS = 256;

/** A handle, as far as locks go. */
export interface LockHolder {
  /** Its descriptor, whose open file description nobody shares. */
  readonly descriptor: number;
  /** Opens its inode once more. */
  reopen(): number;
}

/**
 * The locks of guests as other processes of the host see them.
 *
 * The kernel keeps locks for open file descriptions. Each owner that locks through a handle has a
 * description of its own: the first the handle's, others one that is opened for them.
 */
export class KernelLocks {
  readonly #syscalls: Syscalls;
  /** The descriptors of each owner, by the handle. */
  readonly #owners = new Map<string, Map<LockHolder, number>>();
  /** Which owner has the handle's own descriptor. */
  readonly #first = new Map<LockHolder, string>();
  #extra = 0;

  constructor(syscalls: Syscalls) {
    this.#syscalls = syscalls;
  }

  /**
   * Takes, changes or gives back a lock.
   *
   * @param inode What stands for the inode, in text.
   * @returns False if somebody else has a lock in conflict.
   */
  set(inode: string, holder: LockHolder, lock: FileLock): boolean {
    const owner = `${inode} ${lock.kind} ${lock.owner}`;
    const own = this.#owners.get(owner) ?? new Map<LockHolder, number>();
    const others = [...own].filter(([other]) => other !== holder);
    if (lock.type === "unlock") {
      for (const descriptor of own.values()) this.#apply(descriptor, lock);
      return true;
    }
    const descriptor = own.get(holder) ?? this.#describe(owner, own, holder);
    // What the owner has locked through other handles is replaced, not in conflict.
    for (const [, other] of others) this.#apply(other, { ...lock, type: "unlock" });
    return this.#apply(descriptor, lock);
  }

  /** Asks for a lock of a process that is not ours. */
  find(holder: LockHolder, lock: FileLock): FileLock | undefined {
    if (lock.kind === "flock" || lock.type === "unlock") return undefined;
    const { start, end } = lock;
    const found = this.#syscalls.getLock(holder.descriptor, lock.type, start, end);
    // The kernel gives -1 for a lock that belongs to a description instead of a process.
    return found && { kind: "posix", owner: "host", ...found, pid: Math.max(found.pid, 0) };
  }

  /** Forgets a handle; its own descriptor is about to be closed. */
  leave(holder: LockHolder): void {
    for (const [owner, own] of this.#owners) {
      const descriptor = own.get(holder);
      if (descriptor === undefined) continue;
      own.delete(holder);
      if (own.size === 0) this.#owners.delete(owner);
      if (this.#first.get(holder) === owner) continue;
      this.#extra--;
      this.#syscalls.close(descriptor);
    }
    this.#first.delete(holder);
  }

  #describe(owner: string, own: Map<LockHolder, number>, holder: LockHolder): number {
    const first = this.#first.get(holder) ?? owner;
    if (first !== owner && this.#extra >= EXTRA_DESCRIPTORS) throw new VfsError("ENOLCK");
    const descriptor = first === owner ? holder.descriptor : holder.reopen();
    if (first !== owner) this.#extra++;
    this.#first.set(holder, first);
    this.#owners.set(owner, own.set(holder, descriptor));
    return descriptor;
  }

  #apply(descriptor: number, { kind, type, start, end }: FileLock): boolean {
    return kind === "flock"
      ? this.#syscalls.flock(descriptor, type)
      : this.#syscalls.lock(descriptor, type, start, end);
  }
}
