import { MAJOR_ARRAY, MAJOR_BYTES, MAJOR_MAP, MAJOR_TEXT, NO_BYTES } from "./_cbor.ts";
import { CborReader } from "./_reader.ts";
import { TextCache } from "./_text_cache.ts";
import type { ErrnoCode } from "../fs/mod.ts";
import type { Field, FieldLimits, MessageKind } from "./field.ts";
import { ProtocolError } from "./protocol_error.ts";

/** How many keys that nobody knows one map may have. */
const MAX_UNKNOWN_KEYS = 16;

/**
 * Reads messages from bytes that nobody has checked, by their tables, without anything in between.
 *
 * Two things can be wrong. A frame that is not one well-formed map of the subset of CBOR that the
 * wire uses raises a {@link ProtocolError}: the stream is of no more use. A field whose value is of
 * the wrong type or size leaves its default in the message and its errno in {@link Decoder.fault}:
 * such a request is answered, and the connection lives.
 *
 * The subset: maps with text keys, each key once; definite lengths; no tags; integers in their
 * shortest form (another is a fault, EINVAL). Keys are compared byte by byte. Unknown keys are
 * skipped, at most 16 of them and 8 levels deep, whatever their values are.
 *
 * @example
 * ```ts
 * import { Decoder, newRequest, REQUEST } from "@vfs/server/core";
 *
 * const decoder = new Decoder();
 * const request = newRequest();
 * decoder.decode(new Uint8Array([0xa1, 0x62, 0x6f, 0x70, 0x03]), 0, 5, REQUEST, request);
 * console.log(request.op, decoder.fault); // 3 undefined
 * ```
 */
export class Decoder {
  /** What was wrong with the fields of the last message, or `undefined`; the first thing counts. */
  fault: ErrnoCode | undefined;
  readonly #limits: FieldLimits;
  readonly #reader = new CborReader();
  readonly #texts = new TextCache();

  /**
   * Decodes within limits.
   *
   * @param limits The bounds of the fields; by default a path of 4 KiB and data of 1 MiB.
   */
  constructor(limits: FieldLimits = { pathBytes: 4096, dataBytes: 1 << 20 }) {
    this.#limits = limits;
  }

  /**
   * Reads one message.
   *
   * @param bytes Where it stands. Data fields of the message are views of this array.
   * @param start Its first byte.
   * @param end The byte after its last.
   * @param kind What message it is.
   * @param target Where to put the fields that are there; others stay as they are.
   * @throws {ProtocolError} The bytes are not one such map.
   */
  decode(bytes: Uint8Array, start: number, end: number, kind: MessageKind, target: object): void {
    const reader = this.#reader;
    reader.begin(bytes, start, end);
    this.fault = undefined;
    this.#fields(kind, target as Record<string, unknown>, reader.map(kind.name));
    if (reader.at !== end) throw new ProtocolError(`There are bytes after the ${kind.name}`);
    if (!reader.shortest) this.#fail("EINVAL");
  }

  #fields(kind: MessageKind, target: Record<string, unknown>, count: number): void {
    const reader = this.#reader;
    if (count > kind.fields.length + MAX_UNKNOWN_KEYS) {
      throw new ProtocolError(`The ${kind.name} has too many keys`);
    }
    // One bit for each field that was there; a number has 32, so there are two.
    let low = 0;
    let high = 0;
    let unknown: number[] | undefined;
    for (let i = 0; i < count; i++) {
      const key = reader.key();
      const index = kind.find(reader.bytes, key, reader.at - key);
      if (index === -1) {
        unknown = this.#unknown(unknown ?? [], key);
        continue;
      }
      const bit = 1 << (index & 31);
      if (((index < 32 ? low : high) & bit) !== 0) throw twice(kind.fields[index]!.name);
      if (index < 32) low |= bit;
      else high |= bit;
      this.#field(kind.fields[index]!, target);
    }
  }

  /** Skips a value; its key is kept as a pair of offsets, to tell whether it comes again. */
  #unknown(keys: number[], start: number): number[] {
    const { bytes, at } = this.#reader;
    if (keys.length === MAX_UNKNOWN_KEYS * 2) throw new ProtocolError("Too many unknown keys");
    for (let i = 0; i < keys.length; i += 2) {
      if (sameBytes(bytes, keys[i]!, keys[i + 1]!, start, at)) throw twice("an unknown key");
    }
    keys.push(start, at);
    this.#reader.skip(this.#reader.head());
    return keys;
  }

  #field(field: Field, target: Record<string, unknown>): void {
    const reader = this.#reader;
    const major = reader.head();
    const value = this.#value(field, major);
    if (value !== undefined) target[field.name] = value;
  }

  /** Reads a value; one that is wrong is skipped, noted, and `undefined`. */
  #value(field: Field, major: number): unknown {
    const reader = this.#reader;
    switch (field.type) {
      case "u32":
        return this.#within(reader.unsigned(major), 0, 0xffff_ffff, major);
      case "i32":
        return this.#within(reader.signed(major), -0x8000_0000, 0x7fff_ffff, major);
      case "u64":
        return reader.unsigned(major) ?? this.#wrong(major);
      case "i64":
        return reader.signed(major) ?? this.#wrong(major);
      case "bool":
        return reader.bool(major) ?? this.#wrong(major);
      case "text":
        return major === MAJOR_TEXT ? this.#text(field) : this.#wrong(major);
      case "bytes":
        return major === MAJOR_BYTES ? this.#bytes(field) : this.#wrong(major);
      case "message":
        return major === MAJOR_MAP ? this.#message(field.of!) : this.#wrong(major);
      case "list":
        return major === MAJOR_ARRAY ? this.#list(field.of!) : this.#wrong(major);
      case "tuple":
        return major === MAJOR_ARRAY ? this.#tuple(field.of!) : this.#wrong(major);
      case "tuples":
        return major === MAJOR_ARRAY ? this.#tuples(field.of!) : this.#wrong(major);
      case "texts":
        return major === MAJOR_ARRAY ? this.#textList(field) : this.#wrong(major);
    }
  }

  #within(value: number | bigint | undefined, low: number, high: number, major: number): unknown {
    // A bigint is larger than any limit here: numbers hold whatever they can.
    if (typeof value === "number" && value >= low && value <= high) return value;
    return this.#wrong(major);
  }

  #text(field: Field): string | undefined {
    const reader = this.#reader;
    const start = reader.span();
    const limit = field.limit;
    if (limit !== undefined && reader.at - start > this.#limits[limit]) {
      return this.#fail("ENAMETOOLONG");
    }
    try {
      return this.#texts.decode(reader.bytes, start, reader.at);
    } catch {
      return this.#fail("EILSEQ");
    }
  }

  #bytes(field: Field): Uint8Array | undefined {
    const reader = this.#reader;
    const start = reader.span();
    if (start === reader.at) return NO_BYTES;
    const limit = field.limit;
    if (limit !== undefined && reader.at - start > this.#limits[limit]) return this.#fail("EINVAL");
    return reader.bytes.subarray(start, reader.at);
  }

  #message(kind: MessageKind): object {
    const message = blank(kind);
    this.#fields(kind, message, this.#reader.argument);
    return message;
  }

  #list(kind: MessageKind): object[] {
    const reader = this.#reader;
    const count = this.#count();
    const list: object[] = [];
    for (let i = 0; i < count; i++) {
      const message = blank(kind);
      this.#fields(kind, message, reader.map(kind.name));
      list.push(message);
    }
    return list;
  }

  /** How many items the list has whose head was read: each takes a byte at least. */
  #count(): number {
    const { argument, end, at } = this.#reader;
    if (argument > end - at) throw new ProtocolError("A list is longer than the frame");
    return argument;
  }

  /** Reads a message that is a list; items after those that are known are skipped. */
  #tuple(kind: MessageKind): object | undefined {
    const reader = this.#reader;
    const count = this.#count();
    const message = blank(kind);
    for (let i = 0; i < count; i++) {
      const field = kind.fields[i];
      if (field !== undefined) this.#field(field, message);
      else if (i < kind.fields.length + MAX_UNKNOWN_KEYS) reader.skip(reader.head());
      else throw new ProtocolError(`The ${kind.name} is too long`);
    }
    return kind.fields[count]?.always === true ? this.#fail("EINVAL") : message;
  }

  #tuples(kind: MessageKind): object[] {
    const count = this.#count();
    const list: object[] = [];
    for (let i = 0; i < count; i++) {
      const major = this.#reader.head();
      const tuple = major === MAJOR_ARRAY ? this.#tuple(kind) : this.#wrong(major);
      if (tuple !== undefined) list.push(tuple);
    }
    return list;
  }

  #textList(field: Field): string[] {
    const count = this.#count();
    const list: string[] = [];
    for (let i = 0; i < count; i++) {
      const major = this.#reader.head();
      const text = major === MAJOR_TEXT ? this.#text(field) : this.#wrong(major);
      if (text !== undefined) list.push(text);
    }
    return list;
  }

  #wrong(major: number): undefined {
    this.#reader.skip(major);
    return this.#fail("EINVAL");
  }

  #fail(code: ErrnoCode): undefined {
    this.fault ??= code;
  }
}

/** A message with every field at its default. */
function blank(kind: MessageKind): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const field of kind.fields) message[field.name] = defaultOf(field);
  return message;
}

function defaultOf(field: Field): unknown {
  switch (field.type) {
    case "bool":
      return false;
    case "text":
      return "";
    case "bytes":
      return NO_BYTES;
    case "message":
    case "tuple":
      return undefined;
    case "list":
    case "tuples":
    case "texts":
      return [];
    default:
      return 0;
  }
}

function sameBytes(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  if (aEnd - a !== bEnd - b) return false;
  for (; a < aEnd; a++, b++) {
    if (bytes[a] !== bytes[b]) return false;
  }
  return true;
}

function twice(what: string): ProtocolError {
  return new ProtocolError(`A key is there twice: ${what}`);
}
