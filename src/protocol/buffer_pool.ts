/** The smallest buffer there is. */
const SMALLEST = 16 * 1024;

/**
 * Keeps buffers for their next use: to allocate one costs more than to fill it.
 *
 * Sizes are powers of two from 16 KiB. What is taken is not cleared: whoever takes a buffer sends
 * only what it wrote.
 */
export class BufferPool {
  readonly #free: Uint8Array[][] = [];
  readonly #limit: number;
  #kept = 0;

  /**
   * Keeps no more than a number of bytes.
   *
   * @param limit How many bytes of unused buffers are kept at most.
   */
  constructor(limit: number = 16 << 20) {
    this.#limit = limit;
  }

  /** How many bytes of unused buffers are kept now. */
  get kept(): number {
    return this.#kept;
  }

  /**
   * Takes a buffer.
   *
   * @param bytes How large it has to be at least.
   * @returns A buffer with undefined content.
   */
  take(bytes: number): Uint8Array {
    const order = orderOf(bytes);
    const buffer = this.#free[order]?.pop();
    if (buffer === undefined) return new Uint8Array(SMALLEST * 2 ** order);
    this.#kept -= buffer.length;
    return buffer;
  }

  /**
   * Gives a buffer back that nobody else uses any more.
   *
   * @param buffer What `take` returned.
   */
  give(buffer: Uint8Array): void {
    if (this.#kept + buffer.length > this.#limit) return;
    const order = orderOf(buffer.length);
    this.#kept += buffer.length;
    (this.#free[order] ??= []).push(buffer);
  }
}

function orderOf(bytes: number): number {
  return bytes <= SMALLEST ? 0 : 32 - Math.clz32(Math.ceil(bytes / SMALLEST) - 1);
}
