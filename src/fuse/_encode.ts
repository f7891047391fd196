import { type FileInfo, VfsError } from "../fs/mod.ts";
import type { Buffer64 } from "./_buffers.ts";
import type { Node } from "./_node.ts";

/** A bit for each type of a file, by the upper four bits of a mode: fifo, character device ... */
const TYPES = (1 << 0o01) | (1 << 0o02) | (1 << 0o04) | (1 << 0o06) | (1 << 0o10) | (1 << 0o12) |
  (1 << 0o14);

/**
 * Refuses what a provider told of a file if it cannot be: the provider may be somebody else's.
 *
 * @throws {VfsError} EIO.
 */
export function checkInfo(info: FileInfo): FileInfo {
  const { size, ino, mode } = info;
  const isKnownType = (mode >>> 16) === 0 && ((TYPES >> (mode >> 12)) & 1) === 1;
  if (Number.isSafeInteger(size) && size >= 0 && typeof ino === "bigint" && isKnownType) {
    return info;
  }
  throw new VfsError("EIO", "The provider told of a file what cannot be");
}

/** Writes `struct fuse_attr` (88 bytes) for a node that has been told what is told here. */
export function putAttr(out: Buffer64, word: number, node: Node, info: FileInfo): void {
  const { u32 } = out;
  const { atime, mtime, ctime } = info;
  u32[word] = node.inoLow;
  u32[word + 1] = node.inoHigh;
  out.put64(word + 2, info.size);
  out.put64(word + 4, info.blocks);
  out.put64(word + 6, atime.sec);
  out.put64(word + 8, mtime.sec);
  out.put64(word + 10, ctime.sec);
  u32[word + 12] = atime.nsec;
  u32[word + 13] = mtime.nsec;
  u32[word + 14] = ctime.nsec;
  u32[word + 15] = info.mode;
  u32[word + 16] = info.nlink;
  u32[word + 17] = info.uid;
  u32[word + 18] = info.gid;
  u32[word + 19] = info.rdev;
  u32[word + 20] = info.blksize;
  u32[word + 21] = 0;
}

/** A time to live as the protocol has it, worked out once. */
export interface Lifetime {
  readonly sec: number;
  readonly nsec: number;
}

export function lifetime(milliseconds: number): Lifetime {
  const sec = Math.floor(milliseconds / 1000);
  return { sec, nsec: Math.round((milliseconds - sec * 1000) * 1e6) };
}

/** Writes `struct fuse_entry_out` (128 bytes). */
export function putEntry(
  out: Buffer64,
  word: number,
  node: Node,
  info: FileInfo,
  entry: Lifetime,
  attr: Lifetime,
): void {
  const { u32 } = out;
  out.put64(word, node.id);
  u32[word + 2] = u32[word + 3] = 0; // generation: node numbers are never given twice
  out.put64(word + 4, entry.sec);
  out.put64(word + 6, attr.sec);
  u32[word + 8] = entry.nsec;
  u32[word + 9] = attr.nsec;
  putAttr(out, word + 10, node, info);
}

/** Writes `struct fuse_attr_out` (104 bytes). */
export function putAttrOut(
  out: Buffer64,
  word: number,
  node: Node,
  info: FileInfo,
  attr: Lifetime,
): void {
  const { u32 } = out;
  out.put64(word, attr.sec);
  u32[word + 2] = attr.nsec;
  u32[word + 3] = 0;
  putAttr(out, word + 4, node, info);
}
