/**
 * The messages of the wire, as tables. The encoder, the decoder and the tables of the specification
 * come from these rows; a new field is one row.
 *
 * @module
 */

import { type DirEntry, type FileInfo, goFileType, isDirectory, toGoFileMode } from "../fs/mod.ts";
import { type Field, MessageKind } from "./field.ts";

/** Bit operations turn anything into a number; what a provider returned shall not pass like that. */
function checkedMode({ mode }: { readonly mode: number }): number {
  if (!Number.isInteger(mode)) throw new TypeError(`Cannot write the mode ${String(mode)}`);
  return mode;
}

/** The attributes of a file, in an answer of version 1. Written from a {@link FileInfo}. */
export const STAT: MessageKind = new MessageKind("stat", [
  { name: "size", type: "i64", since: 1, always: true },
  {
    name: "mode",
    type: "u32",
    since: 1,
    always: true,
    from: (info: FileInfo) => toGoFileMode(checkedMode(info)),
  },
  { name: "mtime", type: "i64", since: 1, always: true, from: (info: FileInfo) => info.mtime.sec },
  {
    name: "is_dir",
    type: "bool",
    since: 1,
    always: true,
    from: (info: FileInfo) => isDirectory(info.mode),
  },
  { name: "ino", type: "u64", since: 1 },
]);

/** One name in a directory, in an answer of version 1. Written from a {@link DirEntry}. */
export const ENTRY: MessageKind = new MessageKind("entry", [
  { name: "name", type: "text", since: 1, always: true },
  {
    name: "is_dir",
    type: "bool",
    since: 1,
    always: true,
    from: (entry: DirEntry) => isDirectory(entry.mode),
  },
  {
    name: "mode",
    type: "u32",
    since: 1,
    always: true,
    from: (entry: DirEntry) => goFileType(checkedMode(entry)),
  },
  {
    name: "size",
    type: "i64",
    since: 1,
    always: true,
    from: (entry: DirEntry) => entry.info === undefined ? 0 : entry.info.size,
  },
  { name: "ino", type: "u64", since: 1 },
]);

/** The attributes of a file in version 2. Written from a {@link FileInfo}. */
export const ATTR: MessageKind = new MessageKind("attr", [
  { name: "ino", type: "u64", since: 2, always: true },
  { name: "mode", type: "u32", since: 2, always: true },
  { name: "nlink", type: "u32", since: 2, always: true },
  { name: "uid", type: "u32", since: 2, always: true },
  { name: "gid", type: "u32", since: 2, always: true },
  { name: "rdev", type: "u32", since: 2, always: true },
  { name: "size", type: "u64", since: 2, always: true },
  { name: "blocks", type: "u64", since: 2, always: true },
  { name: "blksize", type: "u32", since: 2, always: true },
  ...time("atime"),
  ...time("mtime"),
  ...time("ctime"),
]);

function time(name: "atime" | "mtime" | "ctime"): Field[] {
  return [
    {
      name: `${name}_sec`,
      type: "i64",
      since: 2,
      always: true,
      from: (info: FileInfo) => info[name].sec,
    },
    {
      name: `${name}_nsec`,
      type: "u32",
      since: 2,
      always: true,
      from: (info: FileInfo) => info[name].nsec,
    },
  ];
}

/** One name in a page of a directory. Written from a {@link DirPageEntry}. */
export const PAGE_ENTRY: MessageKind = new MessageKind("page entry", [
  { name: "name", type: "text", since: 2, always: true },
  { name: "ino", type: "u64", since: 2, always: true },
  { name: "mode", type: "u32", since: 2, always: true },
  { name: "cursor", type: "u64", since: 2, always: true },
  { name: "info", type: "tuple", of: ATTR, since: 2 },
]);

/** A moment. Written from a {@link Timespec}. */
export const TIME: MessageKind = new MessageKind("time", [
  { name: "sec", type: "i64", since: 2, always: true },
  { name: "nsec", type: "u32", since: 2, always: true },
]);

/** A filesystem. Written from a {@link StatFs}. */
export const STATFS: MessageKind = new MessageKind("statfs", [
  { name: "bsize", type: "u32", since: 2, always: true },
  { name: "blocks", type: "u64", since: 2, always: true },
  { name: "bfree", type: "u64", since: 2, always: true },
  { name: "bavail", type: "u64", since: 2, always: true },
  { name: "files", type: "u64", since: 2, always: true },
  { name: "ffree", type: "u64", since: 2, always: true },
  { name: "namelen", type: "u32", since: 2, always: true },
  { name: "readonly", type: "bool", since: 2, always: true },
]);

/** A lock that is in the way. */
export const LOCK: MessageKind = new MessageKind("lock", [
  { name: "kind", type: "u32", since: 2, always: true },
  { name: "type", type: "u32", since: 2, always: true },
  { name: "off", type: "u64", since: 2, always: true },
  { name: "len", type: "u64", since: 2, always: true },
  { name: "pid", type: "u32", since: 2, always: true },
  { name: "owner", type: "text", since: 2, always: true },
]);

/** How long answers may be cached, in milliseconds. */
export const LIFETIMES: MessageKind = new MessageKind("lifetimes", [
  { name: "entry", type: "u32", since: 2, always: true },
  { name: "attr", type: "u32", since: 2, always: true },
  { name: "negative", type: "u32", since: 2, always: true },
]);

/** Something in the tree that is not what it was. */
export const CHANGE: MessageKind = new MessageKind("change", [
  { name: "kind", type: "u32", since: 2, always: true },
  { name: "path", type: "text", since: 2, always: true },
  { name: "ino", type: "u64", since: 2 },
]);

/** What a client may ask: every field of every version. */
export const REQUEST_FIELDS: readonly Field[] = [
  { name: "op", type: "u32", since: 1, always: true },
  { name: "id", type: "u64", since: 2 },
  { name: "path", type: "text", since: 1, limit: "pathBytes" },
  { name: "new_path", type: "text", since: 1, limit: "pathBytes" },
  { name: "fh", type: "u64", since: 1 },
  { name: "off", type: "i64", since: 1 },
  { name: "sz", type: "u32", since: 1 },
  { name: "data", type: "bytes", since: 1, limit: "dataBytes" },
  { name: "flags", type: "u32", since: 1 },
  { name: "mode", type: "u32", since: 1 },
  { name: "uid", type: "u32", since: 1 },
  { name: "gid", type: "u32", since: 1 },
  { name: "pid", type: "u32", since: 2 },
  { name: "plus", type: "bool", since: 2 },
  { name: "mask", type: "u32", since: 2 },
  { name: "size", type: "i64", since: 2 },
  { name: "new_uid", type: "u32", since: 2 },
  { name: "new_gid", type: "u32", since: 2 },
  { name: "atime", type: "tuple", of: TIME, since: 2 },
  { name: "mtime", type: "tuple", of: TIME, since: 2 },
  { name: "name", type: "text", since: 2, limit: "pathBytes" },
  { name: "rdev", type: "u32", since: 2 },
  { name: "cursor", type: "u64", since: 2 },
  { name: "whence", type: "u32", since: 2 },
  { name: "len", type: "i64", since: 2 },
  { name: "fh2", type: "u64", since: 2 },
  { name: "off2", type: "i64", since: 2 },
  { name: "kind", type: "u32", since: 2 },
  { name: "type", type: "u32", since: 2 },
  { name: "owner", type: "text", since: 2, limit: "pathBytes" },
  { name: "wait", type: "bool", since: 2 },
  { name: "target", type: "u64", since: 2 },
  { name: "version", type: "u32", since: 2 },
  { name: "features", type: "texts", since: 2, limit: "pathBytes" },
  { name: "max_frame", type: "u32", since: 2 },
  { name: "resume", type: "u32", since: 2 },
  { name: "session", type: "bytes", since: 2 },
  { name: "token", type: "bytes", since: 2 },
];

/** What a server may answer: every field of every version. */
export const RESPONSE_FIELDS: readonly Field[] = [
  { name: "id", type: "u64", since: 2 },
  { name: "err", type: "i32", since: 1, always: true },
  { name: "stat", type: "message", of: STAT, since: 1, until: 1 },
  { name: "attr", type: "tuple", of: ATTR, since: 2 },
  { name: "data", type: "bytes", since: 1 },
  { name: "written", type: "u32", since: 1, until: 1 },
  { name: "written", type: "u64", since: 2 },
  { name: "fh", type: "u64", since: 1 },
  { name: "entries", type: "list", of: ENTRY, since: 1, until: 1 },
  { name: "page", type: "tuples", of: PAGE_ENTRY, since: 2 },
  { name: "off", type: "u64", since: 2 },
  { name: "names", type: "texts", since: 2 },
  { name: "statfs", type: "tuple", of: STATFS, since: 2 },
  { name: "lock", type: "tuple", of: LOCK, since: 2 },
  { name: "ttl", type: "tuple", of: LIFETIMES, since: 2 },
  { name: "changes", type: "tuples", of: CHANGE, since: 2 },
  { name: "version", type: "u32", since: 2 },
  { name: "features", type: "texts", since: 2 },
  { name: "max_frame", type: "u32", since: 2 },
  { name: "max_read", type: "u32", since: 2 },
  { name: "max_write", type: "u32", since: 2 },
  { name: "max_inflight", type: "u32", since: 2 },
  { name: "max_handles", type: "u32", since: 2 },
  { name: "max_path", type: "u32", since: 2 },
  { name: "session", type: "bytes", since: 2 },
  { name: "token", type: "bytes", since: 2 },
  { name: "resume", type: "u32", since: 2 },
  { name: "resumed", type: "bool", since: 2 },
  { name: "readonly", type: "bool", since: 2 },
];
