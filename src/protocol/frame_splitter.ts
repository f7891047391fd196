import type { BufferPool } from "./buffer_pool.ts";
import { FRAME_HEADER } from "./frame_writer.ts";
import { ProtocolError } from "./protocol_error.ts";

/** The rest of a frame that is smaller than this is not worth a read of its own. */
const DIRECT_BYTES = 32 * 1024;

/**
 * Cuts a stream of chunks into frames.
 *
 * A frame that lies in one chunk is read where it lies. Only one that is spread over several is put
 * together, in a buffer that is taken after its length was compared with the limit.
 *
 * @example
 * ```ts
 * import { BufferPool, FrameSplitter } from "@vfs/server/core";
 *
 * const splitter = new FrameSplitter(1024, new BufferPool());
 * splitter.push(new Uint8Array([0, 0, 0, 2, 7, 8]));
 * while (splitter.next()) console.log(splitter.bytes.subarray(splitter.start, splitter.end)); // Uint8Array [ 7, 8 ]
 * ```
 */
export class FrameSplitter {
  /** Where the frame stands that {@link FrameSplitter.next} found. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The first byte of the frame, after its length. */
  start = 0;
  /** The byte after the last of the frame. */
  end = 0;
  readonly #limit: number;
  readonly #pool: BufferPool;
  readonly #chunks: Uint8Array[] = [];
  /** Whether a frame in the chunk that was pushed last was left to somebody. */
  #kept = false;
  /** How many bytes all chunks have. */
  #held = 0;
  /** How much of the first chunk is done with. */
  #at = 0;
  /** A length that is spread over chunks, as far as it is there. */
  readonly #header = new Uint8Array(FRAME_HEADER);
  #headerFilled = 0;
  /** The frame that is being put together, or was by the last call. */
  #partial: Uint8Array | undefined;
  #filled = 0;
  #wanted = 0;

  /**
   * Splits a stream into frames.
   *
   * @param limit The largest frame, without its length.
   * @param pool Where buffers come from.
   */
  constructor(limit: number, pool: BufferPool) {
    this.#limit = limit;
    this.#pool = pool;
  }

  /** Whether the chunks that were cut end in the middle of a frame. */
  get midFrame(): boolean {
    return this.#headerFilled > 0 || this.#wanted > 0;
  }

  /** How many bytes were pushed and not cut yet. */
  get held(): number {
    return this.#held - this.#at;
  }

  /** Whether chunks that were pushed are still in use. */
  get holding(): boolean {
    return this.#chunks.length > 0 || this.#kept;
  }

  /** Says that the frame that was found last is done with, before the next one is looked for. */
  done(): void {
    if (this.#chunks.length > 0 && this.#at === this.#chunks[0]!.length) this.#shift();
  }

  #shift(): void {
    this.#held -= this.#chunks.shift()!.length;
    this.#at = 0;
  }

  /** Leaves the bytes of the frame that was found last to the caller, for as long as he likes. */
  keep(): void {
    if (this.bytes === this.#partial) this.#partial = undefined;
    else this.#kept = true;
  }

  /**
   * Where the rest of a large frame belongs, so that what arrives next can be read right there.
   *
   * @returns The place, to be filled from its beginning and given to {@link FrameSplitter.push} as far
   * as it was; `undefined` where there is no such frame.
   */
  room(): Uint8Array | undefined {
    if (this.#wanted - this.#filled < DIRECT_BYTES || this.#chunks.length > 0) return undefined;
    return this.#partial!.subarray(this.#filled, this.#wanted);
  }

  /**
   * Adds what arrived.
   *
   * @param chunk The bytes; they must stay unchanged as long as {@link FrameSplitter.holding}.
   */
  push(chunk: Uint8Array): void {
    this.#kept = false;
    if (chunk.length === 0) return;
    if (chunk.buffer === this.#partial?.buffer) {
      // They were read into the room, and stand where they belong.
      this.#filled += chunk.length;
      return;
    }
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }

  /**
   * Finds the next frame. The one before is done with.
   *
   * @returns Whether there is a complete one.
   * @throws {ProtocolError} A frame is empty or longer than the limit.
   */
  next(): boolean {
    if (this.#partial !== undefined && this.#wanted === 0) this.#freePartial();
    if (this.#wanted > 0 && this.#filled === this.#wanted) return this.#gathered();
    while (this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!;
      const available = chunk.length - this.#at;
      if (available === 0) {
        this.#shift();
      } else if (this.#wanted > 0) {
        if (this.#collect(chunk, available)) return true;
      } else if (this.#headerFilled > 0 || available < FRAME_HEADER) {
        this.#header[this.#headerFilled++] = chunk[this.#at++]!;
        if (this.#headerFilled === FRAME_HEADER) {
          this.#headerFilled = 0;
          this.#expect(this.#lengthAt(this.#header, 0));
        }
      } else {
        const length = this.#lengthAt(chunk, this.#at);
        this.#at += FRAME_HEADER;
        if (available >= FRAME_HEADER + length) return this.#inPlace(chunk, length);
        this.#expect(length);
      }
    }
    return false;
  }

  #lengthAt(bytes: Uint8Array, at: number): number {
    const length = bytes[at]! * 0x1000000 +
      (bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!);
    if (length === 0) throw new ProtocolError("A frame is empty");
    if (length > this.#limit) {
      throw new ProtocolError(`A frame of ${length} bytes is over the limit of ${this.#limit}`);
    }
    return length;
  }

  #inPlace(chunk: Uint8Array, length: number): true {
    this.bytes = chunk;
    this.start = this.#at;
    this.end = this.#at += length;
    return true;
  }

  #expect(length: number): void {
    this.#partial = this.#pool.take(length);
    this.#filled = 0;
    this.#wanted = length;
  }

  #collect(chunk: Uint8Array, available: number): boolean {
    const partial = this.#partial!;
    const count = Math.min(available, this.#wanted - this.#filled);
    partial.set(chunk.subarray(this.#at, this.#at + count), this.#filled);
    this.#at += count;
    this.#filled += count;
    return this.#filled === this.#wanted && this.#gathered();
  }

  #gathered(): true {
    this.bytes = this.#partial!;
    this.start = 0;
    this.end = this.#wanted;
    this.#wanted = 0;
    return true;
  }

  #freePartial(): void {
    this.#pool.give(this.#partial!);
    this.#partial = undefined;
  }
}
