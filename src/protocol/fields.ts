/**
 * The messages of the wire, as tables. The encoder, the decoder and the tables of the specification
 * come from these rows; a new field is one row.
 *
 * @module
 */

import { type DirEntry, type FileInfo, goFileType, isDirectory, toGoFileMode } from "../fs/mod.ts";
import { writeEntry, writeStat } from "./_write_file.ts";
import { type Field, MessageKind } from "./field.ts";

/** Bit operations turn anything into a number; what a provider returned shall not pass like that. */
function checkedMode({ mode }: { readonly mode: number }): number {
  if (!Number.isInteger(mode)) throw new TypeError(`Cannot write the mode ${String(mode)}`);
  return mode;
}

/** The attributes of a file, in an answer of version 1. Written from a {@link FileInfo}. */
export const STAT: MessageKind = /* @__PURE__ */ new MessageKind("stat", [
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
], writeStat);

/** One name in a directory, in an answer of version 1. Written from a {@link DirEntry}. */
export const ENTRY: MessageKind = /* @__PURE__ */ new MessageKind("entry", [
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
], writeEntry);

/** The attributes of a file in version 2. Written from a {@link FileInfo}. */
export const ATTR: MessageKind = /* @__PURE__ */ new MessageKind("attr", [
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

/* @__NO_SIDE_EFFECTS__ */
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
export const PAGE_ENTRY: MessageKind = /* @__PURE__ */ new MessageKind("page entry", [
  { name: "name", type: "text", since: 2, always: true },
  { name: "ino", type: "u64", since: 2, always: true },
  { name: "mode", type: "u32", since: 2, always: true },
  { name: "cursor", type: "u64", since: 2, always: true },
  { name: "info", type: "tuple", of: ATTR, since: 2 },
]);

/** A moment. Written from a {@link Timespec}. */
export const TIME: MessageKind = /* @__PURE__ */ new MessageKind("time", [
  { name: "sec", type: "i64", since: 2, always: true },
  { name: "nsec", type: "u32", since: 2, always: true },
]);

/** A filesystem. Written from a {@link StatFs}. */
export const STATFS: MessageKind = /* @__PURE__ */ new MessageKind("statfs", [
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
export const LOCK: MessageKind = /* @__PURE__ */ new MessageKind("lock", [
  { name: "kind", type: "u32", since: 2, always: true },
  { name: "type", type: "u32", since: 2, always: true },
  { name: "off", type: "u64", since: 2, always: true },
  { name: "len", type: "u64", since: 2, always: true },
  { name: "pid", type: "u32", since: 2, always: true },
  { name: "owner", type: "text", since: 2, always: true },
]);

/** How long answers may be cached, in milliseconds. */
export const LIFETIMES: MessageKind = /* @__PURE__ */ new MessageKind("lifetimes", [
  { name: "entry", type: "u32", since: 2, always: true },
  { name: "attr", type: "u32", since: 2, always: true },
  { name: "negative", type: "u32", since: 2, always: true },
]);

/** Something in the tree that is not what it was. */
export const CHANGE: MessageKind = /* @__PURE__ */ new MessageKind("change", [
  { name: "kind", type: "u32", since: 2, always: true },
  { name: "path", type: "text", since: 2, always: true },
  { name: "ino", type: "u64", since: 2 },
]);

/** What a client may ask: every field of every version. */
export const REQUEST_FIELDS: readonly Field[] = [
  { name: "op", type: "u32", since: 1, always: true, note: "which operation; always present" },
  { name: "id", type: "u64", since: 2, note: "the number of the request" },
  { name: "path", type: "text", since: 1, limit: "pathBytes" },
  {
    name: "new_path",
    type: "text",
    since: 1,
    limit: "pathBytes",
    note: "the other path, or the target of a link",
  },
  { name: "fh", type: "u64", since: 1, note: "a handle that the server gave" },
  { name: "off", type: "i64", since: 1, note: "where in the file; the new size" },
  { name: "sz", type: "u32", since: 1, note: "how many bytes, or entries" },
  { name: "data", type: "bytes", since: 1, limit: "dataBytes", note: "bytes to write, or a value" },
  {
    name: "flags",
    type: "u32",
    since: 1,
    note: "open flags of Linux (generic ABI, as on x86-64), or those of the operation",
  },
  { name: "mode", type: "u32", since: 1, note: "POSIX bits" },
  { name: "uid", type: "u32", since: 1, note: "who asks: a claim, never an authority" },
  { name: "gid", type: "u32", since: 1, note: "the same" },
  { name: "pid", type: "u32", since: 2, note: "the same" },
  { name: "plus", type: "bool", since: 2, note: "whether attributes are wanted in the answer" },
  { name: "mask", type: "u32", since: 2, note: "setattr: what to set" },
  { name: "size", type: "i64", since: 2, note: "setattr: the new size" },
  { name: "new_uid", type: "u32", since: 2, note: "setattr: the new owner" },
  { name: "new_gid", type: "u32", since: 2, note: "setattr: the new group" },
  { name: "atime", type: "tuple", of: TIME, since: 2, note: "setattr: the new access time" },
  { name: "mtime", type: "tuple", of: TIME, since: 2, note: "setattr: the new modification time" },
  {
    name: "name",
    type: "text",
    since: 2,
    limit: "pathBytes",
    note: "the name of an extended attribute, at most 255 bytes; hello: of the client",
  },
  {
    name: "rdev",
    type: "u32",
    since: 2,
    note: "mknod: the device, as Linux's `new_encode_dev` writes it",
  },
  { name: "cursor", type: "u64", since: 2, note: "readdir: where to go on; 0 is the beginning" },
  { name: "whence", type: "u32", since: 2, note: "seek: 3 for data, 4 for a hole" },
  { name: "len", type: "i64", since: 2, note: "a length" },
  { name: "fh2", type: "u64", since: 2, note: "copyrange: the handle to write to" },
  { name: "off2", type: "i64", since: 2, note: "copyrange: where to write" },
  { name: "kind", type: "u32", since: 2, note: "locks: 0 POSIX, 1 flock" },
  { name: "type", type: "u32", since: 2, note: "locks: 0 read, 1 write, 2 unlock" },
  { name: "owner", type: "text", since: 2, limit: "pathBytes", note: "locks: whose" },
  { name: "wait", type: "bool", since: 2, note: "locks: whether to wait for those in the way" },
  { name: "target", type: "u64", since: 2, note: "cancel: which request" },
  {
    name: "version",
    type: "u32",
    since: 2,
    note: "hello: the highest version that the client speaks",
  },
  {
    name: "features",
    type: "texts",
    since: 2,
    limit: "pathBytes",
    note: "hello: what it knows beside the basics; unknown ones are ignored",
  },
  {
    name: "max_frame",
    type: "u32",
    since: 2,
    note:
      "hello: the longest frame body that it accepts, at least 16,384; 0: as long as the server likes",
  },
  {
    name: "resume",
    type: "u32",
    since: 2,
    note: "hello: how many milliseconds the server shall keep the session after a lost connection",
  },
  { name: "session", type: "bytes", since: 2, note: "hello: the session to go on with" },
  { name: "token", type: "bytes", since: 2, note: "hello: its secret" },
];

/** What a server may answer: every field of every version. */
export const RESPONSE_FIELDS: readonly Field[] = [
  { name: "id", type: "u64", since: 2, note: "which request it answers; none in a notice" },
  {
    name: "err",
    type: "i32",
    since: 1,
    always: true,
    note: "0, or a negative errno of Linux; always present",
  },
  { name: "stat", type: "message", of: STAT, since: 1, until: 1, note: "the attributes" },
  { name: "attr", type: "tuple", of: ATTR, since: 2, note: "the attributes" },
  { name: "data", type: "bytes", since: 1, note: "bytes" },
  { name: "written", type: "u32", since: 1, until: 1, note: "how many bytes" },
  { name: "written", type: "u64", since: 2, note: "how many bytes" },
  { name: "fh", type: "u64", since: 1, note: "the new handle" },
  { name: "entries", type: "list", of: ENTRY, since: 1, until: 1, note: "the listing" },
  { name: "page", type: "tuples", of: PAGE_ENTRY, since: 2, note: "a part of a directory" },
  { name: "off", type: "u64", since: 2, note: "what seek found" },
  { name: "names", type: "texts", since: 2, note: "the names of extended attributes" },
  { name: "statfs", type: "tuple", of: STATFS, since: 2, note: "the filesystem" },
  { name: "lock", type: "tuple", of: LOCK, since: 2, note: "the lock that is in the way" },
  {
    name: "ttl",
    type: "tuple",
    of: LIFETIMES,
    since: 2,
    note: "how long answers may be cached, in milliseconds",
  },
  { name: "changes", type: "tuples", of: CHANGE, since: 2, note: "what changed: only in notices" },
  { name: "version", type: "u32", since: 2, note: "hello: the version chosen, 2" },
  { name: "features", type: "texts", since: 2, note: "hello: what both ends may use from now on" },
  {
    name: "max_frame",
    type: "u32",
    since: 2,
    note: "hello: the longest frame body that the server accepts",
  },
  { name: "max_read", type: "u32", since: 2, note: "hello: the longest `sz` of a read" },
  { name: "max_write", type: "u32", since: 2, note: "hello: the longest `data` of a write" },
  {
    name: "max_inflight",
    type: "u32",
    since: 2,
    note: "hello: how many requests may be unanswered at a time",
  },
  {
    name: "max_handles",
    type: "u32",
    since: 2,
    note: "hello: how many handles the session may hold",
  },
  { name: "max_path", type: "u32", since: 2, note: "hello: the longest path, in bytes" },
  { name: "session", type: "bytes", since: 2, note: "hello: the name of this session" },
  {
    name: "token",
    type: "bytes",
    since: 2,
    note: "hello: the secret that proves that it is yours",
  },
  {
    name: "resume",
    type: "u32",
    since: 2,
    note:
      "hello: how long the server will keep it, in milliseconds; 0: it ends with the connection",
  },
  {
    name: "resumed",
    type: "bool",
    since: 2,
    note: "hello: whether this is the session that was asked for, with all that it held",
  },
  { name: "readonly", type: "bool", since: 2, note: "hello: whether every change is refused" },
];
