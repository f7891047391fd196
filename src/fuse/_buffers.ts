/**
 * Where a buffer begins in its memory. Data in a reply come after a header of 16 bytes, and what they
 * are copied from begins with a page; some processors copy at a tenth of their speed to a place that
 * lies, within its page, a few bytes behind the source. From the middle of a page that cannot be.
 */
const SKEW = 2048;

/** One buffer for requests or replies, with the views that reading and writing numbers needs. */
export class Buffer64 {
  readonly bytes: Uint8Array;
  readonly u32: Uint32Array;
  readonly u64: BigUint64Array;

  constructor(size: number) {
    const memory = new ArrayBuffer(SKEW + size);
    this.bytes = new Uint8Array(memory, SKEW);
    this.u32 = new Uint32Array(memory, SKEW);
    this.u64 = new BigUint64Array(memory, SKEW);
  }

  /** Writes a whole number of up to 53 bits, negative or not, at a word (4 bytes). */
  put64(word: number, value: number): void {
    this.u32[word] = value >>> 0;
    this.u32[word + 1] = Math.floor(value / 4294967296) >>> 0;
  }
}

/** How many idle buffers are kept; more are left to the garbage collector. */
const KEPT = 4;

/**
 * Buffers that go round. One is in use all the time; an operation that has to wait keeps it, and
 * another takes its place.
 */
export class BufferPool {
  readonly #size: number;
  readonly #idle: Buffer64[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  take(): Buffer64 {
    return this.#idle.pop() ?? new Buffer64(this.#size);
  }

  give(buffer: Buffer64): void {
    if (this.#idle.length < KEPT) this.#idle.push(buffer);
  }
}
