import { wrongValue } from "./_call.ts";

/** How bytes become text and text bytes; the names are Node's. */
export type Encoding =
  | "utf8"
  | "utf-8"
  | "utf16le"
  | "ucs2"
  | "latin1"
  | "binary"
  | "ascii"
  | "hex"
  | "base64"
  | "base64url";

const LATIN1_PIECE = 8192;

/** Reads bytes as text. */
export function decode(bytes: Uint8Array, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case "utf8":
    case "utf-8":
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    case "utf16le":
    case "utf-16le":
    case "ucs2":
      return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(
        bytes.subarray(0, bytes.length & ~1),
      );
    case "latin1":
    case "binary":
      return latin1(bytes);
    case "ascii":
      return latin1(bytes.map((byte) => byte & 0x7f));
    case "hex":
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    case "base64":
      return btoa(latin1(bytes));
    case "base64url":
      return btoa(latin1(bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    default:
      throw wrongValue("the encoding", encoding);
  }
}

/** Writes text as bytes. */
export function encode(text: string, encoding: string): Uint8Array {
  switch (encoding.toLowerCase()) {
    case "utf8":
    case "utf-8":
      return new TextEncoder().encode(text);
    case "utf16le":
    case "utf-16le":
    case "ucs2":
      return utf16(text);
    case "latin1":
    case "binary":
    case "ascii":
      return Uint8Array.from(text, (char) => char.charCodeAt(0));
    case "hex":
      return Uint8Array.from(
        text.match(/^(?:[0-9a-f]{2})*/i)![0].match(/../g) ?? [],
        (pair) => parseInt(pair, 16),
      );
    case "base64":
    case "base64url":
      return Uint8Array.from(
        atob(text.replaceAll("-", "+").replaceAll("_", "/").replace(/=.*$/s, "")),
        (char) => char.charCodeAt(0),
      );
    default:
      throw wrongValue("the encoding", encoding);
  }
}

/** `TextDecoder` cannot: what it calls latin1 is windows-1252. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += LATIN1_PIECE) {
    text += String.fromCharCode(...bytes.subarray(i, i + LATIN1_PIECE));
  }
  return text;
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), true);
  return bytes;
}
