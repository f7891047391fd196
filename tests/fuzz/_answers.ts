/** Answers as the specification writes them, byte for byte, by an encoder that is not ours. */
import { encode } from "cborg";
import {
  type DirEntry,
  type DirPageEntry,
  type FileInfo,
  isDirectory,
  type StatFs,
} from "../../src/fs/mod.ts";

/** What an answer says, by its keys. */
export type Fields = Readonly<Record<string, unknown>>;

/** The keys of answers in the order in which they are sent. */
const ORDER = {
  1: ["err", "stat", "data", "written", "fh", "entries"],
  2: ["id", "err", "attr", "data", "written", "fh", "page", "off", "names", "statfs", "lock"],
};

/** An answer of version 1, or of version 2 where it has an `id`. */
export function answerFrame(version: 1 | 2, fields: Fields): Uint8Array {
  const answer = new Map<string, unknown>();
  for (const key of ORDER[version]) {
    const value = fields[key];
    if (key === "err" || !isAbsent(value)) answer.set(key, value);
  }
  return framed(encode(answer, { mapSorter: () => 0 }));
}

/** Zero, empty and false are left out. */
function isAbsent(value: unknown): boolean {
  if (value === undefined || value === 0 || value === false) return true;
  return (value as Partial<ArrayLike<unknown>>).length === 0;
}

/** A frame around a body. */
export function framed(body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

/** `stat` of version 1. */
export function statOf({ size, mode, mtime, ino }: FileInfo): Map<string, unknown> {
  return new Map<string, unknown>([
    ["size", size],
    ["mode", goMode(mode)],
    ["mtime", mtime.sec],
    ["is_dir", isDirectory(mode)],
    ["ino", ino],
  ]);
}

/** An entry of version 1. */
export function entryOf({ name, mode, ino, info }: DirEntry): Map<string, unknown> {
  return new Map<string, unknown>([
    ["name", name],
    ["is_dir", isDirectory(mode)],
    ["mode", goMode(mode & 0o170000)],
    ["size", info!.size],
    ["ino", ino],
  ]);
}

/** `attr` of version 2. */
export function attrOf(info: FileInfo): unknown[] {
  const { ino, mode, nlink, uid, gid, rdev, size, blocks, blksize, atime, mtime, ctime } = info;
  const times = [atime, mtime, ctime].flatMap(({ sec, nsec }) => [sec, nsec]);
  return [ino, mode, nlink, uid, gid, rdev, size, blocks, blksize, ...times];
}

/** An entry of a page of version 2. */
export function pageEntryOf({ name, ino, mode, cursor, info }: DirPageEntry): unknown[] {
  return [name, ino, mode, cursor, ...(info === undefined ? [] : [attrOf(info)])];
}

/** `statfs` of version 2. */
export function statfsOf(fs: StatFs): unknown[] {
  const { bsize, blocks, bfree, bavail, files, ffree, namelen, readonly } = fs;
  return [bsize, blocks, bfree, bavail, files, ffree, namelen, readonly];
}

/** The bits of Go's `os.FileMode`, as the page of the protocol lists them. */
const GO_TYPES: Readonly<Record<number, number>> = {
  0o100000: 0,
  0o040000: 2 ** 31,
  0o120000: 2 ** 27,
  0o060000: 2 ** 26,
  0o020000: 2 ** 26 + 2 ** 21,
  0o010000: 2 ** 25,
  0o140000: 2 ** 24,
};

function goMode(mode: number): number {
  const special = (mode & 0o4000 ? 2 ** 23 : 0) + (mode & 0o2000 ? 2 ** 22 : 0) +
    (mode & 0o1000 ? 2 ** 20 : 0);
  return GO_TYPES[mode & 0o170000]! + special + (mode & 0o777);
}
