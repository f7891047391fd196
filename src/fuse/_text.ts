import { NAME_MAX, VfsError } from "../fs/mod.ts";

/** `ignoreBOM` keeps a byte order mark: it is part of the name. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to this length a loop over the bytes beats the platform's converter and its overhead. */
const SHORT = 48;

/** @throws {VfsError} EILSEQ for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT) {
    let text = "";
    let i = start;
    for (; i < end; i++) {
      const byte = bytes[i]!;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (i === end) return text;
  }
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
  return typeof name === "string" && name !== "" && name.length <= NAME_MAX &&
    !name.includes("/") && !name.includes("\0") && name.isWellFormed();
}

/** The bytes of a text. */
export function textBytes(text: string): Uint8Array {
  return encoder.encode(text);
}
