import { MAJOR_ARRAY } from "./_cbor.ts";
import type { Field, MessageKind } from "./field.ts";
import type { FrameWriter } from "./frame_writer.ts";

/**
 * Writes a message by its table, as one frame.
 *
 * @param writer Where to write it.
 * @param kind What message it is.
 * @param message The values: an object with a property for each field, or what the rows'
 * {@link Field.from} expect.
 * @throws {TypeError} A value is not one that its field can carry.
 * @throws {VfsError} EOVERFLOW if the message is larger than a frame may be.
 *
 * @example
 * ```ts
 * import { encodeFrame, FrameWriter, RESPONSE } from "@vfs/server/core";
 *
 * const writer = new FrameWriter();
 * encodeFrame(writer, RESPONSE, { err: -2 });
 * console.log(writer.lend().length); // 10
 * ```
 */
export function encodeFrame(writer: FrameWriter, kind: MessageKind, message: object): void {
  writer.begin();
  try {
    encodeMap(writer, kind, message);
    writer.finish();
  } catch (error) {
    writer.cancel();
    throw error;
  }
}

/**
 * Writes a message by its table, as a map inside a frame that was begun.
 *
 * @param writer Where to write it.
 * @param kind What message it is.
 * @param message The values.
 * @throws {TypeError} A value is not one that its field can carry.
 * @throws {VfsError} EOVERFLOW if the message is larger than a frame may be.
 */
export function encodeMap(writer: FrameWriter, kind: MessageKind, message: object): void {
  const { fields, keys, shortcut } = kind;
  if (shortcut !== undefined && shortcut(writer, message)) return;
  const source = message as Record<string, unknown>;
  const start = writer.openMap();
  let pairs = 0;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    const value = valueOf(field, source);
    if (field.always !== true && isEmpty(value)) continue;
    writer.raw(keys[i]!);
    encodeValue(writer, field, value);
    pairs++;
  }
  writer.closeMap(start, pairs);
}

function valueOf(field: Field, source: Record<string, unknown>): unknown {
  return field.from === undefined ? source[field.name] : field.from(source);
}

function isEmpty(value: unknown): boolean {
  switch (typeof value) {
    case "number":
      return value === 0;
    case "bigint":
      return value === 0n;
    case "string":
      return value === "";
    case "undefined":
      return true;
    case "object":
      return (value as { length?: number }).length === 0;
    default:
      return value === false;
  }
}

function encodeValue(writer: FrameWriter, field: Field, value: unknown): void {
  switch (field.type) {
    case "u32":
      return writer.integer(value, 0, 0xffff_ffff);
    case "i32":
      return writer.integer(value, -0x8000_0000, 0x7fff_ffff);
    case "u64":
      return writer.int64(value, false);
    case "i64":
      return writer.int64(value, true);
    case "bool":
      return writer.bool(value as boolean);
    case "text":
      return writer.text(value);
    case "bytes":
      return writer.data(value);
    case "message":
      return encodeMap(writer, field.of!, value as object);
    case "list":
      return encodeList(writer, field.of!, value as readonly object[]);
    case "tuple":
      return encodeTuple(writer, field.of!, value as object);
    case "tuples":
      return encodeTuples(writer, field.of!, value as readonly object[]);
    case "texts":
      return encodeTexts(writer, value as readonly string[]);
  }
}

function encodeList(writer: FrameWriter, kind: MessageKind, list: readonly object[]): void {
  writer.head(list.length, MAJOR_ARRAY);
  for (let i = 0; i < list.length; i++) encodeMap(writer, kind, list[i]!);
}

/**
 * Writes a message by its table, as a list of its values. Rows at the end that are not `always` may
 * have no value, and are left out.
 *
 * @param writer Where to write it.
 * @param kind What message it is.
 * @param message The values.
 */
export function encodeTuple(writer: FrameWriter, kind: MessageKind, message: object): void {
  const { fields } = kind;
  const source = message as Record<string, unknown>;
  let count = fields.length;
  while (count > 0 && fields[count - 1]!.always !== true) {
    if (valueOf(fields[count - 1]!, source) !== undefined) break;
    count--;
  }
  writer.head(count, MAJOR_ARRAY);
  for (let i = 0; i < count; i++) {
    const field = fields[i]!;
    encodeValue(writer, field, valueOf(field, source));
  }
}

function encodeTuples(writer: FrameWriter, kind: MessageKind, list: readonly object[]): void {
  writer.head(list.length, MAJOR_ARRAY);
  for (let i = 0; i < list.length; i++) encodeTuple(writer, kind, list[i]!);
}

function encodeTexts(writer: FrameWriter, list: readonly string[]): void {
  writer.head(list.length, MAJOR_ARRAY);
  for (let i = 0; i < list.length; i++) writer.text(list[i]);
}
