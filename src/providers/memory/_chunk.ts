import { SHARED_MAX, sharedSize, type Slab, type SlabPool, SLOT_MAX } from "./_slab.ts";
import { PAGE } from "./_space.ts";

/** How many bytes of a file one chunk stands for. */
export const CHUNK: number = SLOT_MAX;

/** What holes look like. Nobody writes into it. */
export const ZEROS: Uint8Array = new Uint8Array(CHUNK);

/** A part of a file, at a multiple of {@link CHUNK}. */
export class Chunk {
  /** Which part of the file: its offset divided by {@link CHUNK}. */
  readonly index: number;
  /** A bit for each page: whether it is data. Pages that are not are holes. */
  pages = 0;
  #slab: Slab;
  #base: number;

  private constructor(index: number, slab: Slab) {
    this.index = index;
    this.#slab = slab;
    this.#base = slab.take();
  }

  /** Makes a chunk of zeros; `undefined` where the machine has no memory left. */
  static make(index: number, capacity: number, pool: SlabPool): Chunk | undefined {
    const slab = pool.slabFor(capacity);
    return slab === undefined ? undefined : new Chunk(index, slab);
  }

  /** How many bytes it has memory for. What lies beyond reads as zeros. */
  get capacity(): number {
    return this.#slab.slot;
  }

  /** How many pages are data. */
  get pageCount(): number {
    return countBits(this.pages);
  }

  /** Moves to a slot of another size, with as much of the content as fits. */
  resize(capacity: number, pool: SlabPool): boolean {
    const slab = pool.slabFor(capacity);
    if (slab === undefined) return false;
    const base = slab.take();
    slab.bytes.set(this.view(0, Math.min(this.capacity, capacity)), base);
    this.free();
    this.#slab = slab;
    this.#base = base;
    return true;
  }

  free(): void {
    this.#slab.give(this.#base);
  }

  /** The bytes themselves; the range must lie within the capacity. */
  view(start: number, end: number): Uint8Array {
    const { bytes } = this.#slab;
    if (start === 0 && end === bytes.length) return bytes;
    return bytes.subarray(this.#base + start, this.#base + end);
  }

  read(start: number, count: number, buffer: Uint8Array, at: number): void {
    const stored = Math.max(0, Math.min(count, this.capacity - start));
    if (stored > 0) buffer.set(this.view(start, start + stored), at);
    if (stored < count) buffer.fill(0, at + stored, at + count);
  }

  /** Shows bytes where they lie, at least one and at most `count`. */
  lend(start: number, count: number): Uint8Array {
    const stored = Math.min(count, this.capacity - start);
    return stored > 0 ? this.view(start, start + stored) : ZEROS.subarray(0, count);
  }

  /** Writes; the range must lie within the capacity. Returns how many pages became data. */
  write(start: number, data: Uint8Array): number {
    this.#slab.bytes.set(data, this.#base + start);
    return this.fill(start, start + data.length);
  }

  /** Makes pages data, without writing. Returns how many were not. */
  fill(start: number, end: number): number {
    const added = pageBits(Math.floor(start / PAGE), Math.ceil(end / PAGE)) & ~this.pages;
    if (added === 0) return 0;
    this.pages |= added;
    return countBits(added);
  }

  zero(start: number, end: number): void {
    const stored = Math.min(end, this.capacity);
    if (start < stored) this.view(start, stored).fill(0);
  }

  /** Zeroes a range; pages that lie in it as a whole become holes. Returns how many did. */
  punch(start: number, end: number): number {
    this.zero(start, end);
    const removed = pageBits(Math.ceil(start / PAGE), Math.floor(end / PAGE)) & this.pages;
    this.pages &= ~removed;
    return countBits(removed);
  }

  /** The first page from `page` on that is data, or that is a hole; 16 if there is none. */
  nextPage(page: number, isData: boolean): number {
    const bits = (isData ? this.pages : ~this.pages) & pageBits(page, CHUNK / PAGE);
    return bits === 0 ? CHUNK / PAGE : 31 - Math.clz32(bits & -bits);
  }
}

/**
 * Chooses the memory for a chunk that has to hold `end` bytes.
 *
 * @param capacity What it has now, 0 if there is none yet.
 * @param isFirst Whether it is the first of its file.
 * @param isStream Whether the chunk before it is complete, so that the file is likely to go on.
 */
export function capacityFor(
  end: number,
  capacity: number,
  isFirst: boolean,
  isStream: boolean,
): number {
  // Doubling makes a file that grows in small steps cost a constant factor.
  const wanted = Math.max(end, capacity * 2);
  if (isStream || wanted >= CHUNK) return CHUNK;
  // Many chunks of a few bytes would cost far more than what is booked for them.
  if (wanted > SHARED_MAX || !isFirst) return Math.ceil(wanted / PAGE) * PAGE;
  return sharedSize(wanted);
}

/** The bits of the pages from `first` up to, not including, `end`. */
function pageBits(first: number, end: number): number {
  return first >= end ? 0 : ((1 << (end - first)) - 1) << first;
}

function countBits(bits: number): number {
  let count = 0;
  for (; bits !== 0; bits &= bits - 1) count++;
  return count;
}
