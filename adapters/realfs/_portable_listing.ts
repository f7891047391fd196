import { Buffer } from "node:buffer";
import fs from "node:fs";
import process from "node:process";
import { toVfsError } from "../../src/fs/mod.ts";
import type { HostEntry, HostListing, HostName } from "./syscalls.ts";

const PART = 256;
const isDeno = "deno" in process.versions;
const isNode = !isDeno && !("bun" in process.versions);

/**
 * Lists a directory by `node:fs`. Node reads it part by part; Bun and Deno know no way to do that
 * in one turn of the loop, so there the names are held in memory.
 */
export function listPortably(path: string): HostListing {
  try {
    return isNode ? streamNames(path) : holdNames(path);
  } catch (error) {
    // The descriptor is open: what is not there any more are the entries of a removed directory.
    if (toVfsError(error).code === "ENOENT") return { next: () => [], close() {} };
    throw error;
  }
}

function streamNames(path: string): HostListing {
  const directory = fs.opendirSync(path, {
    bufferSize: PART,
    // The type of the option only knows the encodings of text; the function takes "buffer" too.
    encoding: "buffer" as unknown as "utf8",
  });
  return {
    next(): HostEntry[] {
      const part: HostEntry[] = [];
      while (part.length < PART) {
        const entry = directory.readSync();
        if (entry === null) break;
        part.push(entryOf(decode(entry.name as unknown as Uint8Array)));
      }
      return part;
    },
    close: () => directory.closeSync(),
  };
}

function holdNames(path: string): HostListing {
  const names = namesOf(path);
  let position = 0;
  return {
    next(): HostEntry[] {
      const part = names.slice(position, position + PART).map(entryOf);
      position += part.length;
      return part;
    },
    close() {
      names.length = 0;
    },
  };
}

function namesOf(path: string): HostName[] {
  const names = fs.readdirSync(path);
  if (!names.some((name) => name.includes("\uFFFD"))) return names;
  // Somewhere there may be a name that is not UTF-8. Only its bytes tell, and Deno has no way to
  // them: there such a name looks like another, which either is not there or is listed as well.
  if (isDeno) return [...new Set(names)];
  return fs.readdirSync(path, { encoding: "buffer" }).map(decode);
}

function entryOf(name: HostName): HostEntry {
  return { name, ino: 0n, type: 0 };
}

/** Gives the text of a name, or its bytes where it is not UTF-8. */
export function decode(bytes: Uint8Array): HostName {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString("utf8");
  // The replacement character stands for bytes that are not UTF-8, or for itself.
  return text.includes("\uFFFD") && Buffer.compare(Buffer.from(text), buffer) !== 0 ? bytes : text;
}
