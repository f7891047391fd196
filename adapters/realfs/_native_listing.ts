import { Buffer } from "node:buffer";
import { decode } from "./_portable_listing.ts";
import type { Bytes } from "./_c_functions.ts";
import type { HostEntry, HostListing, HostName } from "./syscalls.ts";

const PART_BYTES = 32768;

/** Where the fields of `struct linux_dirent64` are. */
const RECORD_LENGTH = 16;
const TYPE = 18;
const NAME = 19;

const DOT = 0x2e;

/**
 * Lists a directory by `getdents64`: each part is one system call and 32 KiB.
 *
 * @param fill Calls `getdents64` and returns what it returned.
 */
export function listNatively(fill: (bytes: Bytes) => number): HostListing {
  const bytes: Bytes = new Uint8Array(new ArrayBuffer(PART_BYTES));
  const view = new DataView(bytes.buffer);
  const buffer = Buffer.from(bytes.buffer);
  return {
    next(): HostEntry[] {
      const part: HostEntry[] = [];
      // A part may hold nothing but the two names that are never listed.
      while (part.length === 0) {
        const end = fill(bytes);
        if (end === 0) break;
        for (let at = 0; at < end; at += view.getUint16(at + RECORD_LENGTH, true)) {
          if (isDots(bytes, at + NAME)) continue;
          part.push({
            name: nameAt(buffer, at + NAME),
            ino: view.getBigUint64(at, true),
            type: bytes[at + TYPE]! << 12,
          });
        }
      }
      return part;
    },
    close() {},
  };
}

function isDots(bytes: Bytes, at: number): boolean {
  if (bytes[at] !== DOT) return false;
  return bytes[at + 1] === 0 || (bytes[at + 1] === DOT && bytes[at + 2] === 0);
}

function nameAt(buffer: Buffer, start: number): HostName {
  let end = start;
  let bits = 0;
  for (let byte = buffer[end]!; byte !== 0; byte = buffer[++end]!) bits |= byte;
  if (bits < 0x80) return buffer.toString("latin1", start, end);
  // The memory is used again: a name that stays bytes needs its own.
  const name = decode(buffer.subarray(start, end));
  return typeof name === "string" ? name : name.slice();
}
