/**
 * Memory for the contents of files.
 *
 * A typed array of its own costs some 250 bytes beside its data, and a microsecond or more to make,
 * so files of up to 4 KiB share one: a slab is cut into slots of one size, and a small file holds
 * one slot. Anything larger has a slab with a single slot. Those of the largest size are used again.
 */

const SHARED_MIN = 64;

/** The largest slot that shares its slab with others. */
export const SHARED_MAX = 4096;

/** The largest slot. */
export const SLOT_MAX: number = 64 * 1024;

const SHARED_SLAB = 16 * 1024;

/** How many slabs with room are kept although nothing is in them: of those that share, and others. */
const SPARE_SHARED = 1;
const SPARE_LARGEST = 16;

/** The slabs of one slot size that have room, and how many of them may be empty. */
interface Kind {
  readonly roomy: Slab[];
  readonly spare: number;
}

/** A stretch of memory that is cut into slots of one size. */
export class Slab {
  /** Size of a slot, in bytes. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  readonly #kind: Kind;
  readonly #freed: number[] = [];
  /** Where the part that was never used begins. */
  #fresh = 0;
  #used = 0;

  constructor(slot: number, size: number, kind: Kind) {
    this.slot = slot;
    this.bytes = new Uint8Array(size);
    this.#kind = kind;
    kind.roomy.push(this);
  }

  get #isFull(): boolean {
    return this.#freed.length === 0 && this.#fresh + this.slot > this.bytes.length;
  }

  /** Hands out a slot, all zeros. The slab must be the last of those with room. */
  take(): number {
    let base = this.#freed.pop();
    if (base === undefined) {
      base = this.#fresh;
      this.#fresh += this.slot;
    } else {
      this.bytes.fill(0, base, base + this.slot);
    }
    this.#used++;
    if (this.#isFull) this.#kind.roomy.pop();
    return base;
  }

  /** Takes a slot back. The last one to come back leaves the slab to the garbage collector. */
  give(base: number): void {
    const { roomy, spare } = this.#kind;
    if (this.#isFull) roomy.push(this);
    this.#freed.push(base);
    if (--this.#used === 0 && roomy.length > spare) roomy.splice(roomy.lastIndexOf(this), 1);
  }
}

/** All the slabs of one filesystem. */
export class SlabPool {
  /** By the logarithm of the slot size: 64 bytes, 128 ... 4096. */
  readonly #shared: Kind[] = Array.from(
    { length: Math.log2(SHARED_MAX / SHARED_MIN) + 1 },
    () => ({ roomy: [], spare: SPARE_SHARED }),
  );
  readonly #largest: Kind = { roomy: [], spare: SPARE_LARGEST };

  /**
   * Finds a slab with a free slot of exactly `size` bytes.
   *
   * @returns `undefined` where the machine has no memory left.
   */
  slabFor(size: number): Slab | undefined {
    const isShared = size <= SHARED_MAX && size === sharedSize(size);
    const kind = isShared
      ? this.#shared[Math.log2(size / SHARED_MIN)]!
      : size === SLOT_MAX
      ? this.#largest
      : { roomy: [], spare: 0 };
    const slab = kind.roomy[kind.roomy.length - 1];
    if (slab !== undefined) return slab;
    try {
      return new Slab(size, isShared ? SHARED_SLAB : size, kind);
    } catch {
      return undefined;
    }
  }
}

/** The size of the shared slot that holds so many bytes: the next power of two. */
export function sharedSize(bytes: number): number {
  return bytes <= SHARED_MIN ? SHARED_MIN : 1 << (32 - Math.clz32(bytes - 1));
}
