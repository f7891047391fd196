import {
  FALSE,
  MAJOR_ARRAY,
  MAJOR_BYTES,
  MAJOR_MAP,
  MAJOR_NEGATIVE,
  MAJOR_SIMPLE,
  MAJOR_TAG,
  MAJOR_TEXT,
  MAJOR_UNSIGNED,
  TRUE,
} from "./_cbor.ts";
import type { Int64 } from "./int64.ts";
import { ProtocolError } from "./protocol_error.ts";

/** How deep a value that is skipped may be nested. */
const MAX_DEPTH = 8;

/**
 * Reads CBOR items one after another from bytes that nobody has checked.
 *
 * It refuses with a {@link ProtocolError} whatever is not well formed, and what the wire has no use
 * for although CBOR has it: indefinite lengths and tags. Nothing is allocated by a length that was
 * read: lengths are compared with the bytes that are there.
 */
export class CborReader {
  /** Where the items stand. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte. */
  at = 0;
  /** The end of the bytes. */
  end = 0;
  /** The argument of the last head; beyond 2^53 inexact, and then `wide` has it. */
  argument = 0;
  /** The argument of the last head where a number cannot hold it. */
  wide: bigint | undefined;
  /** Whether every head since `begin` had its argument in the shortest form. */
  shortest = true;

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.shortest = true;
  }

  /** Reads a head: its major type is returned, its argument kept. */
  head(): number {
    if (this.at >= this.end) throw truncated();
    const byte = this.bytes[this.at++]!;
    const info = byte & 31;
    this.wide = undefined;
    if (info < 24) this.argument = info;
    else this.#longArgument(info, byte >>> 5);
    return byte >>> 5;
  }

  #longArgument(info: number, major: number): void {
    if (info > 27) {
      throw new ProtocolError(info === 31 ? "An indefinite length is not accepted" : "A bad head");
    }
    const size = 1 << (info - 24);
    if (this.end - this.at < size) throw truncated();
    const { bytes, at } = this;
    this.at += size;
    if (size === 8) {
      const high = uint32(bytes, at);
      const low = uint32(bytes, at + 4);
      this.argument = high * 0x1_0000_0000 + low;
      if (high > 0x1f_ffff) this.wide = BigInt(high) << 32n | BigInt(low);
      if (high === 0 && major !== MAJOR_SIMPLE) this.shortest = false;
      return;
    }
    const value = size === 1
      ? bytes[at]!
      : size === 2
      ? bytes[at]! << 8 | bytes[at + 1]!
      : uint32(bytes, at);
    this.argument = value;
    // In major type 7 the bytes are a simple value or a float: there is no shorter form of those.
    if (major !== MAJOR_SIMPLE) {
      if (value < (size === 1 ? 24 : size === 2 ? 0x100 : 0x10000)) this.shortest = false;
    } else if (size === 1 && value < 32) {
      throw new ProtocolError("A simple value is not well formed");
    }
  }

  /** Reads the head of a map, and returns how many pairs follow. */
  map(what: string): number {
    if (this.head() !== MAJOR_MAP) throw new ProtocolError(`The ${what} is not a map`);
    return this.argument;
  }

  /** Reads the head of a key, moves beyond the key, and returns where it begins. */
  key(): number {
    if (this.head() !== MAJOR_TEXT) throw new ProtocolError("A key is not text");
    return this.span();
  }

  /** Moves beyond the bytes or the text whose head was read, and returns where they begin. */
  span(): number {
    const start = this.at;
    if (this.argument > this.end - start) throw truncated();
    this.at = start + this.argument;
    return start;
  }

  /** The integer whose head was read, from 0; `undefined` for another type or beyond 2^64-1. */
  unsigned(major: number): Int64 | undefined {
    return major === MAJOR_UNSIGNED ? this.wide ?? this.argument : undefined;
  }

  /** The integer whose head was read, if it is one of 64 bits with a sign. */
  signed(major: number): Int64 | undefined {
    if (major > MAJOR_NEGATIVE) return undefined;
    const { argument, wide } = this;
    if (wide !== undefined && wide >= 1n << 63n) return undefined;
    if (major === MAJOR_UNSIGNED) return wide ?? argument;
    return wide === undefined && argument < Number.MAX_SAFE_INTEGER
      ? -1 - argument
      : -1n - (wide ?? BigInt(argument));
  }

  /** The truth value whose head was read. */
  bool(major: number): boolean | undefined {
    if (major !== MAJOR_SIMPLE) return undefined;
    const byte = this.bytes[this.at - 1];
    return byte === TRUE ? true : byte === FALSE ? false : undefined;
  }

  /** Moves beyond the item whose head was read, whatever it is. */
  skip(major: number, depth = 0): void {
    switch (major) {
      case MAJOR_BYTES:
      case MAJOR_TEXT:
        this.span();
        return;
      case MAJOR_ARRAY:
      case MAJOR_MAP: {
        if (depth === MAX_DEPTH) throw new ProtocolError("The items are nested too deeply");
        const count = major === MAJOR_MAP ? this.argument * 2 : this.argument;
        // Each item has at least one byte: more items than bytes cannot be there.
        if (count > this.end - this.at) throw truncated();
        for (let i = 0; i < count; i++) this.skip(this.head(), depth + 1);
        return;
      }
      case MAJOR_TAG:
        throw new ProtocolError("A tag is not accepted");
      default: // Integers, simple values and floats are all head.
    }
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! * 0x1000000) +
    (bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!);
}

function truncated(): ProtocolError {
  return new ProtocolError("The frame ends in the middle of an item");
}
