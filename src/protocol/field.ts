import { encodedText } from "./_cbor.ts";
import { KeyTable } from "./_keys.ts";
import type { FrameWriter } from "./frame_writer.ts";

/** What a field holds. */
export type FieldType =
  | "u32"
  | "i32"
  | "u64"
  | "i64"
  | "bool"
  | "text"
  | "bytes"
  /** One message of the kind {@link Field.of}. */
  | "message"
  /** Any number of messages of the kind {@link Field.of}. */
  | "list"
  /** One message of the kind {@link Field.of}, as a list of its values in the order of its rows. */
  | "tuple"
  /** Any number of those. */
  | "tuples"
  /** Any number of texts. */
  | "texts";

/** The sizes that bound fields; peers that exceed one get an errno. */
export interface FieldLimits {
  /** The longest path, in bytes of UTF-8; a longer one is answered ENAMETOOLONG. */
  readonly pathBytes: number;
  /** The most data that one write carries; more is answered EINVAL. */
  readonly dataBytes: number;
}

/** One row of a message: a key of the map and what may stand there. */
export interface Field {
  /** The key on the wire. */
  readonly name: string;
  /** The type of the value. */
  readonly type: FieldType;
  /** The version of the protocol that introduced the field. */
  readonly since: 1 | 2;
  /** The last version that has the field, where a later one has another in its place. */
  readonly until: 1 | undefined;
  /** Whether it is written even when it is zero or empty. */
  readonly always: boolean;
  /** Which limit bounds it, for text and bytes. */
  readonly limit: keyof FieldLimits | undefined;
  /** For messages, lists and tuples: of which kind. */
  readonly of: MessageKind | undefined;
  /** Where the encoder finds the value; `undefined` for the property that is called like the key. */
  // deno-lint-ignore no-explicit-any
  readonly from: ((source: any) => unknown) | undefined;
}

/**
 * Writes a message with exactly the bytes that its table makes of it, but quicker.
 *
 * @returns False, with nothing written, where that is left to the table.
 */
// deno-lint-ignore no-explicit-any
export type Shortcut = (writer: FrameWriter, message: any) => boolean;

/**
 * One kind of message: the table from which both its encoder and its decoder work.
 *
 * Rows stand in the order in which they are written. Readers accept any order.
 */
export class MessageKind {
  /** What it is, for error messages. */
  readonly name: string;
  /** The rows. */
  readonly fields: readonly Field[];
  /** The keys as they are written, each a CBOR text item, in the order of the rows. */
  readonly keys: readonly Uint8Array[];
  /** What writes the ordinary ones of these messages, if it is not the table: see {@link Shortcut}. */
  readonly shortcut: Shortcut | undefined;
  readonly #table: KeyTable;

  /**
   * Names a message and its fields.
   *
   * @param name What it is.
   * @param fields The rows, at most 64.
   * @param shortcut What writes ordinary ones as the table would.
   */
  constructor(name: string, fields: readonly Field[], shortcut?: Shortcut) {
    if (fields.length > 64) {
      throw new RangeError(`Cannot make the message ${name}: it has more than 64 fields`);
    }
    this.name = name;
    this.fields = fields;
    this.shortcut = shortcut;
    this.keys = fields.map((field) => encodedText(field.name));
    this.#table = new KeyTable(fields.map((field) => field.name));
  }

  /**
   * Makes a kind of some of the rows, for messages that never have the others: to write few rows
   * is quicker.
   *
   * @param names The keys of the rows, in any order.
   * @returns The kind, with the rows in the order that they have here.
   */
  only(...names: readonly string[]): MessageKind {
    return new MessageKind(this.name, this.fields.filter((field) => names.includes(field.name)));
  }

  /**
   * Finds a row by its key.
   *
   * Keys are compared byte by byte: `Path` is not `path` but an unknown key, which is ignored.
   *
   * @param bytes Where the key stands.
   * @param start Its first byte.
   * @param length How many bytes it has.
   * @returns The index of the row, or -1.
   */
  find(bytes: Uint8Array, start: number, length: number): number {
    return this.#table.find(bytes, start, length);
  }
}
