/*
 * The part of CBOR (RFC 8949) that the wire uses. An item begins with a byte of three bits major
 * type and five bits that hold its argument, or say how many bytes of argument follow.
 */

export const MAJOR_UNSIGNED = 0;
export const MAJOR_NEGATIVE = 1;
export const MAJOR_BYTES = 2;
export const MAJOR_TEXT = 3;
export const MAJOR_ARRAY = 4;
export const MAJOR_MAP = 5;
export const MAJOR_TAG = 6;
export const MAJOR_SIMPLE = 7;

export const FALSE = 0xf4;
export const TRUE = 0xf5;

/** The bytes of a field that carries none. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** How many bytes a head with this argument takes. */
export function headBytes(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x10000) return 3;
  return argument < 0x1_0000_0000 ? 5 : 9;
}

/** The text as an item of its own: how keys are kept ready. */
export function encodedText(text: string): Uint8Array {
  const utf8 = new TextEncoder().encode(text);
  if (utf8.length >= 24) throw new RangeError(`Cannot use ${text} as a key: it is too long`);
  const item = new Uint8Array(1 + utf8.length);
  item[0] = MAJOR_TEXT << 5 | utf8.length;
  item.set(utf8, 1);
  return item;
}

/** Puts a head into bytes that have room for it; gives the place after it. */
export function putHead(bytes: Uint8Array, at: number, major: number, argument: number): number {
  const type = major << 5;
  if (argument < 24) {
    bytes[at] = type | argument;
    return at + 1;
  }
  if (argument < 0x100) {
    bytes[at] = type | 24;
    bytes[at + 1] = argument;
    return at + 2;
  }
  if (argument < 0x10000) {
    bytes[at] = type | 25;
    bytes[at + 1] = argument >>> 8;
    bytes[at + 2] = argument;
    return at + 3;
  }
  if (argument < 0x1_0000_0000) {
    bytes[at] = type | 26;
    putUint32(bytes, at + 1, argument);
    return at + 5;
  }
  bytes[at] = type | 27;
  putUint32(bytes, at + 1, Math.floor(argument / 0x1_0000_0000));
  putUint32(bytes, at + 5, argument >>> 0);
  return at + 9;
}

/** Puts 32 bits, the highest first. */
export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
