import { NAME_MAX, VfsError } from "../fs/mod.ts";

/** `ignoreBOM` keeps a byte order mark: it is part of the name. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this length a loop over the bytes beats the platform's converter and its overhead. */
const SHORT = 48;

/** How many texts are remembered; a power of two. */
const REMEMBERED = 4096;

/**
 * Texts that were read lately. The names of files come again and again, and a string that exists
 * already costs neither its making nor its hashing in every table that it is looked up in.
 */
const recent: (string | undefined)[] = new Array(REMEMBERED).fill(undefined);

/** @throws {VfsError} EILSEQ for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decodeAny(bytes, start, end);
  let hash = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return decodeAny(bytes, start, end);
    hash = (hash * 31 + byte) | 0;
  }
  const slot = hash & (REMEMBERED - 1);
  const known = recent[slot];
  if (known !== undefined && isText(known, bytes, start, end)) return known;
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  recent[slot] = text;
  return text;
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = start; i < end; i++) {
    if (text.charCodeAt(i - start) !== bytes[i]) return false;
  }
  return true;
}

function decodeAny(bytes: Uint8Array, start: number, end: number): string {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    throw new VfsError("EILSEQ");
  }
}

/**
 * Writes text as UTF-8.
 *
 * @returns How many bytes it took, or -1 if there was no room for it.
 */
export function encodeText(text: string, bytes: Uint8Array, at: number): number {
  const length = text.length;
  if (at + length > bytes.length) return -1;
  if (length <= SHORT) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      bytes[at + i] = unit;
    }
    if (i === length) return length;
  }
  const { read, written } = encoder.encodeInto(text, bytes.subarray(at));
  return read === length ? written : -1;
}

/** Refuses what a provider gave as the name of an entry and what cannot be one. */
export function isListable(name: unknown): name is string {
  if (typeof name !== "string" || name === "" || name.length > NAME_MAX) return false;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit === 0x2f || unit === 0) return false;
    if (unit >= 0x80) return !/[/\0]/.test(name) && name.isWellFormed();
  }
  return true;
}

/** The bytes of a text. */
export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
