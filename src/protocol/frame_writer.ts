import {
  FALSE,
  headBytes,
  MAJOR_BYTES,
  MAJOR_MAP,
  MAJOR_NEGATIVE,
  MAJOR_TEXT,
  MAJOR_UNSIGNED,
  NO_BYTES,
  putHead,
  putUint32,
  TRUE,
} from "./_cbor.ts";
import { utf8Length, VfsError } from "../fs/mod.ts";
import { BufferPool } from "./buffer_pool.ts";

/** How many bytes the length takes that a frame begins with. */
export const FRAME_HEADER = 4;

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

const utf8 = new TextEncoder();

/**
 * The outgoing bytes of a connection: frames are written behind one another into one buffer, which
 * is taken from a pool when there is something to write and given back when everything is sent.
 *
 * What providers return ends up here, so values are checked: one that the wire cannot carry is a
 * `TypeError`. A frame that grows beyond the limit is EOVERFLOW. Either way {@link FrameWriter.cancel}
 * takes back what there is of the frame.
 *
 * @example
 * ```ts
 * import { FrameWriter } from "@vfs/server/core";
 *
 * const writer = new FrameWriter();
 * writer.begin();
 * writer.head(0); // an empty map
 * writer.finish();
 * console.log(writer.lend()); // Uint8Array [ 0, 0, 0, 1, 160 ]
 * writer.settle();
 * ```
 */
export class FrameWriter {
  #bytes: Uint8Array = NO_BYTES;
  #length = 0;
  /** Where the last frame begins. */
  #start = 0;
  /** Whether the last frame is still being written. */
  #open = false;
  /** How much of the buffer has been lent to be sent. */
  #sent = 0;
  /** Whether somebody is still sending from the buffer. */
  #lent = false;
  readonly #limit: number;
  readonly #pool: BufferPool;

  /**
   * Gathers frames to be written.
   *
   * @param limit The largest frame, without its header.
   * @param pool Where buffers come from.
   */
  constructor(limit: number = 4 << 20, pool: BufferPool = new BufferPool()) {
    this.#limit = limit;
    this.#pool = pool;
  }

  /** How many bytes of complete frames wait to be sent. */
  get unsent(): number {
    return (this.#open ? this.#start : this.#length) - this.#sent;
  }

  /** Begins a frame: leaves room for its length. */
  begin(): void {
    this.#start = this.#length;
    this.#open = true;
    this.#reserve(FRAME_HEADER);
    this.#length += FRAME_HEADER;
  }

  /**
   * Ends the frame: puts its length in front.
   *
   * @throws {VfsError} EOVERFLOW if it is larger than a frame may be.
   */
  finish(): void {
    const length = this.#length - this.#start - FRAME_HEADER;
    if (length > this.#limit) throw tooLarge();
    putUint32(this.#bytes, this.#start, length);
    this.#open = false;
  }

  /** Takes back the frame that was begun last, if it is not finished. */
  cancel(): void {
    if (!this.#open) return;
    this.#length = this.#start;
    this.#open = false;
  }

  /** The frame that was finished last, with its length; valid until the next call. */
  get last(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#length);
  }

  /**
   * Takes back the frame that was begun last, and leaves its bytes to whoever still fills the hole in
   * it. What was complete before is kept.
   *
   * @returns The buffer, to be given back to the pool when the hole is of no more use; `undefined` if
   * it is still being sent from.
   */
  detach(): Uint8Array | undefined {
    const buffer = this.#lent ? undefined : this.#bytes;
    const complete = this.#bytes.subarray(this.#sent, this.#start);
    this.#bytes = this.#pool.take(complete.length);
    this.#bytes.set(complete);
    this.#length = this.#start = complete.length;
    this.#sent = 0;
    this.#open = false;
    return buffer;
  }

  /**
   * Gives out the complete frames that wait to be sent. The writer leaves those bytes alone until
   * {@link FrameWriter.settle} says that they are sent; frames may be written behind them meanwhile.
   *
   * @returns The bytes to send.
   */
  lend(): Uint8Array {
    const end = this.#open ? this.#start : this.#length;
    const bytes = this.#bytes.subarray(this.#sent, end);
    this.#sent = end;
    this.#lent = true;
    return bytes;
  }

  /** Says that what was lent is sent. A buffer with nothing else in it returns to the pool. */
  settle(): void {
    this.#lent = false;
    if (this.#sent < this.#length) return;
    if (this.#bytes.length !== 0) this.#pool.give(this.#bytes);
    this.#bytes = NO_BYTES;
    this.#length = this.#start = this.#sent = 0;
  }

  /** Writes what was made ready before, for instance a key. */
  raw(item: Uint8Array): void {
    this.#reserve(item.length);
    // For a few bytes a loop is cheaper than a call into the engine.
    const bytes = this.#bytes;
    const length = this.#length;
    for (let i = 0; i < item.length; i++) bytes[length + i] = item[i]!;
    this.#length = length + item.length;
  }

  /**
   * Begins a map of which nobody knows yet how many pairs it will have.
   *
   * @returns What {@link FrameWriter.closeMap} needs.
   */
  openMap(): number {
    this.#reserve(1);
    return this.#length++;
  }

  /**
   * Says how many pairs were written since {@link FrameWriter.openMap}.
   *
   * @param at What `openMap` gave.
   * @param pairs How many pairs, at most 255.
   */
  closeMap(at: number, pairs: number): void {
    if (pairs >= 24) {
      // The head has a second byte: what follows makes room for it.
      this.#reserve(1);
      this.#bytes.copyWithin(at + 2, at + 1, this.#length++);
      this.#bytes[at + 1] = pairs;
    }
    this.#bytes[at] = MAJOR_MAP << 5 | Math.min(pairs, 24);
  }

  /** Writes the head of a map of so many pairs, or of an item of another major type. */
  head(argument: number, major: number = MAJOR_MAP): void {
    this.#reserve(9);
    this.#length = putHead(this.#bytes, this.#length, major, argument);
  }

  /** Writes an integer from one number to another, both safe. */
  integer(value: unknown, low: number, high: number): void {
    if (!Number.isSafeInteger(value) || (value as number) < low || (value as number) > high) {
      throw wrong(value);
    }
    this.#integer(value as number);
  }

  #integer(value: number): void {
    if (value >= 0) this.head(value, MAJOR_UNSIGNED);
    else this.head(-1 - value, MAJOR_NEGATIVE);
  }

  /** Writes an integer of 64 bits, with or without a sign. */
  int64(value: unknown, signed: boolean): void {
    const number = typeof value === "bigint" ? Number(value) : value;
    if (Number.isSafeInteger(number)) {
      if (!signed && (number as number) < 0) throw wrong(value);
      return this.#integer(number as number);
    }
    const low = signed ? MIN_INT64 : 0n;
    const high = signed ? MAX_INT64 : MAX_UINT64;
    if (typeof value !== "bigint" || value < low || value > high) throw wrong(value);
    this.#reserve(9);
    const bytes = this.#bytes;
    const length = this.#length;
    bytes[length] = (value < 0n ? MAJOR_NEGATIVE : MAJOR_UNSIGNED) << 5 | 27;
    const argument = value < 0n ? -1n - value : value;
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(length + 1, argument);
    this.#length = length + 9;
  }

  /** Writes true or false. */
  bool(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value ? TRUE : FALSE;
  }

  /** Writes text. */
  text(value: unknown): void {
    if (typeof value !== "string") throw wrong(value);
    this.#reserve(9 + value.length);
    const start = putHead(this.#bytes, this.#length, MAJOR_TEXT, value.length);
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit >= 0x80) return this.#wideText(value);
      this.#bytes[start + i] = unit;
    }
    this.#length = start + value.length;
  }

  #wideText(value: string): void {
    if (!value.isWellFormed()) throw wrong(value);
    const size = utf8Length(value);
    this.#reserve(9 + size);
    const start = putHead(this.#bytes, this.#length, MAJOR_TEXT, size);
    utf8.encodeInto(value, this.#bytes.subarray(start, start + size));
    this.#length = start + size;
  }

  /** Writes bytes. */
  data(value: unknown): void {
    if (!(value instanceof Uint8Array)) throw wrong(value);
    this.#reserve(9 + value.length);
    const start = putHead(this.#bytes, this.#length, MAJOR_BYTES, value.length);
    this.#bytes.set(value, start);
    this.#length = start + value.length;
  }

  /**
   * Makes room for bytes that are not known yet, for instance so that a provider reads right into
   * the frame. {@link FrameWriter.fill} must follow before anything else is written.
   *
   * @param size How many bytes at most.
   * @returns Where to put them.
   */
  hole(size: number): Uint8Array {
    this.#reserve(9 + size);
    const start = this.#length + headBytes(size);
    return this.#bytes.subarray(start, start + size);
  }

  /**
   * Says how much of the last {@link FrameWriter.hole} was used.
   *
   * @param size What the hole was made for.
   * @param used How many bytes were put there, from its beginning.
   */
  fill(size: number, used: number): void {
    const start = putHead(this.#bytes, this.#length, MAJOR_BYTES, used);
    const written = this.#length + headBytes(size);
    // A smaller number may have a shorter head; then what was read has to move up to it.
    if (start !== written) this.#bytes.copyWithin(start, written, written + used);
    this.#length = start + used;
  }

  /** Where the next byte goes in what {@link FrameWriter.room} gives. */
  get length(): number {
    return this.#length;
  }

  /**
   * Makes room for what the caller writes by itself; {@link FrameWriter.wrote} must follow before
   * anything else is written, if anything was.
   *
   * @param size How many bytes at most.
   * @returns The buffer, or `undefined` if so many may be more than a frame holds.
   */
  room(size: number): Uint8Array | undefined {
    if (this.#length + size - this.#start > this.#limit) return undefined;
    this.#reserve(size);
    return this.#bytes;
  }

  /**
   * Says how far the caller wrote in the last {@link FrameWriter.room}.
   *
   * @param end The place after the last byte.
   */
  wrote(end: number): void {
    this.#length = end;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    // Room for the longest head is asked for everywhere: leave that much of a margin.
    if (needed - this.#start > this.#limit + FRAME_HEADER + 16) throw tooLarge();
    const grown = this.#pool.take(Math.max(needed, this.#length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    if (this.#bytes.length !== 0 && !this.#lent) this.#pool.give(this.#bytes);
    this.#bytes = grown;
  }
}

function tooLarge(): VfsError {
  return new VfsError("EOVERFLOW", "the message is larger than a frame may be");
}

function wrong(value: unknown): TypeError {
  return new TypeError(`Cannot write ${String(value)}: the wire has no such value here`);
}
