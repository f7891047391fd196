/**
 * Memory for the contents of files.
 *
 * A typed array of its own costs some 250 bytes beside its data, so files of up to 1 KiB share one:
 * a slab is cut into slots of one size, and a small file holds one slot. Anything larger has a slab
 * with a single slot.
 */

/** The largest slot that shares its slab with others. */
export const SHARED_MAX = 1024;

const SHARED_MIN = 64;
const SLAB_BYTES = 16 * 1024;

/** A stretch of memory that is cut into slots of one size. */
export class Slab {
  /** Size of a slot, in bytes. */
  readonly slot: number;
  readonly bytes: Uint8Array;
  /** The slabs of the same slot size that have room; this one is among them while it has. */
  readonly #roomy: Slab[];
  readonly #freed: number[] = [];
  /** Where the part that was never used begins. */
  #fresh = 0;
  #used = 0;

  constructor(slot: number, size: number, roomy: Slab[]) {
    this.slot = slot;
    this.bytes = new Uint8Array(size);
    this.#roomy = roomy;
    roomy.push(this);
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
    if (this.#isFull) this.#roomy.pop();
    return base;
  }

  /** Takes a slot back. The last one to come back leaves the slab to the garbage collector. */
  give(base: number): void {
    if (this.#isFull) this.#roomy.push(this);
    this.#freed.push(base);
    if (--this.#used === 0) this.#roomy.splice(this.#roomy.indexOf(this), 1);
  }
}

/** All the slabs of one filesystem. */
export class SlabPool {
  /** By slot size: 64 bytes, 128, 256, 512, 1024. */
  readonly #roomy: Slab[][] = [[], [], [], [], []];

  /**
   * Finds a slab with a free slot of exactly `size` bytes.
   *
   * @returns `undefined` where the machine has no memory left.
   */
  slabFor(size: number): Slab | undefined {
    const shared = size <= SHARED_MAX && size === sharedSize(size);
    const roomy = shared ? this.#roomy[Math.log2(size / SHARED_MIN)]! : [];
    const slab = roomy[roomy.length - 1];
    if (slab !== undefined) return slab;
    try {
      return new Slab(size, shared ? SLAB_BYTES : size, roomy);
    } catch {
      return undefined;
    }
  }
}

/** The size of the shared slot that holds so many bytes: the next power of two. */
export function sharedSize(bytes: number): number {
  return bytes <= SHARED_MIN ? SHARED_MIN : 1 << (32 - Math.clz32(bytes - 1));
}
