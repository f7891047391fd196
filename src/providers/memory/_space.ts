import { type ErrnoCode, type StatFs, VfsError } from "../../fs/mod.ts";
import { NAME_MAX } from "../../fs/mod.ts";
import { SlabPool } from "./_slab.ts";

/** The unit of `statfs` and of holes, in bytes. */
export const PAGE = 4096;

/** What a filesystem without a limit says it has. */
const PLENTY_OF_BLOCKS = 2 ** 40;
const PLENTY_OF_INODES = 2 ** 32;

/** The accounts of a filesystem: how much there is, and who has taken how much of it. */
export class Space {
  readonly slabs: SlabPool = new SlabPool();
  readonly #limit: number;
  readonly #quota: number;
  readonly #inodes: number;
  /** Bytes held by each user but root; kept only where there is a quota. */
  readonly #heldBy = new Map<number, number>();
  #held = 0;
  #inodesHeld = 0;

  constructor(limit: number, quota: number, inodes: number) {
    this.#limit = limit;
    this.#quota = quota;
    this.#inodes = inodes;
  }

  /** How many more bytes a user can take. */
  available(uid: number): number {
    return Math.min(this.#limit - this.#held, this.#leftOfQuota(uid));
  }

  /** The errno for a user who needs more than is available. */
  shortage(uid: number): ErrnoCode {
    return this.#leftOfQuota(uid) < this.#limit - this.#held ? "EDQUOT" : "ENOSPC";
  }

  /** Books bytes that the caller knows to be available. */
  take(uid: number, bytes: number): void {
    this.#held += bytes;
    this.#book(uid, bytes);
  }

  /** Books bytes back. */
  give(uid: number, bytes: number): void {
    this.take(uid, -bytes);
  }

  /** Books bytes, or fails with ENOSPC or EDQUOT. */
  claim(uid: number, bytes: number, path?: string): void {
    if (bytes > this.available(uid)) throw new VfsError(this.shortage(uid), path);
    this.take(uid, bytes);
  }

  /** Books bytes from one user to another, or fails with EDQUOT. */
  move(from: number, to: number, bytes: number): void {
    if (from === to) return;
    if (bytes > this.#leftOfQuota(to)) throw new VfsError("EDQUOT");
    this.#book(from, -bytes);
    this.#book(to, bytes);
  }

  /** Books one inode, or one more name of an inode, which costs as much (as on tmpfs). */
  claimInode(path?: string): void {
    if (this.#inodesHeld >= this.#inodes) throw new VfsError("ENOSPC", path);
    this.#inodesHeld++;
  }

  /** Books it back. */
  giveInode(): void {
    this.#inodesHeld--;
  }

  #leftOfQuota(uid: number): number {
    if (this.#quota === Infinity || uid === 0) return Infinity;
    return this.#quota - (this.#heldBy.get(uid) ?? 0);
  }

  #book(uid: number, bytes: number): void {
    if (this.#quota === Infinity || uid === 0) return;
    const held = (this.#heldBy.get(uid) ?? 0) + bytes;
    if (held === 0) this.#heldBy.delete(uid);
    else this.#heldBy.set(uid, held);
  }

  statfs(): StatFs {
    const blocks = this.#limit === Infinity ? PLENTY_OF_BLOCKS : Math.floor(this.#limit / PAGE);
    const files = this.#inodes === Infinity ? PLENTY_OF_INODES : this.#inodes;
    const bfree = Math.max(0, blocks - Math.ceil(this.#held / PAGE));
    return {
      bsize: PAGE,
      blocks,
      bfree,
      bavail: bfree,
      files,
      ffree: Math.max(0, files - this.#inodesHeld),
      namelen: NAME_MAX,
      readonly: false,
    };
  }
}
