/**
 * The messages of the wire, as tables. The encoder, the decoder and the tables of the specification
 * come from these rows; a new field is one row. What they mean is said in words by the types of the
 * messages, for instance {@link WireRequest2}.
 *
 * @module
 */

import { type DirEntry, type FileInfo, goFileType, isDirectory, toGoFileMode } from "../fs/mod.ts";
import { writeEntry, writeStat } from "./_write_file.ts";
import { type Field, type FieldType, MessageKind } from "./field.ts";

/** What most rows have no need to say. */
type More = Partial<Omit<Field, "since" | "name" | "type">>;

/* @__NO_SIDE_EFFECTS__ */
function row(since: 1 | 2, name: string, type: FieldType, more: More = {}): Field {
  const { until, always = false, limit, of, from } = more;
  // All rows have the same shape, which makes them quick to read.
  return { name, type, since, until, always, limit, of, from };
}

/** A message of version 2 that is a list of values: all that are there, then those that may be. */
/* @__NO_SIDE_EFFECTS__ */
function tuple(
  name: string,
  types: Readonly<Record<string, FieldType>>,
  ...rest: readonly Field[]
): MessageKind {
  const rows = Object.entries(types).map(([key, type]) => row(2, key, type, { always: true }));
  return new MessageKind(name, [...rows, ...rest]);
}

/** Bit operations turn anything into a number; what a provider returned shall not pass like that. */
function checkedMode({ mode }: { readonly mode: number }): number {
  if (!Number.isInteger(mode)) throw new TypeError(`Cannot write the mode ${String(mode)}`);
  return mode;
}

/** The attributes of a file, in an answer of version 1. Written from a {@link FileInfo}. */
export const STAT: MessageKind = /* @__PURE__ */ new MessageKind("stat", [
  row(1, "size", "i64", { always: true }),
  row(1, "mode", "u32", {
    always: true,
    from: (info: FileInfo) => toGoFileMode(checkedMode(info)),
  }),
  row(1, "mtime", "i64", { always: true, from: (info: FileInfo) => info.mtime.sec }),
  row(1, "is_dir", "bool", { always: true, from: (info: FileInfo) => isDirectory(info.mode) }),
  row(1, "ino", "u64"),
], writeStat);

/** One name in a directory, in an answer of version 1. Written from a {@link DirEntry}. */
export const ENTRY: MessageKind = /* @__PURE__ */ new MessageKind("entry", [
  row(1, "name", "text", { always: true }),
  row(1, "is_dir", "bool", { always: true, from: (entry: DirEntry) => isDirectory(entry.mode) }),
  row(1, "mode", "u32", {
    always: true,
    from: (entry: DirEntry) => goFileType(checkedMode(entry)),
  }),
  row(1, "size", "i64", {
    always: true,
    from: (entry: DirEntry) => entry.info === undefined ? 0 : entry.info.size,
  }),
  row(1, "ino", "u64"),
], writeEntry);

/** The attributes of a file in version 2. Written from a {@link FileInfo}. */
export const ATTR: MessageKind = /* @__PURE__ */ tuple(
  "attr",
  {
    ino: "u64",
    mode: "u32",
    nlink: "u32",
    uid: "u32",
    gid: "u32",
    rdev: "u32",
    size: "u64",
    blocks: "u64",
    blksize: "u32",
  },
  ...time("atime"),
  ...time("mtime"),
  ...time("ctime"),
);

/* @__NO_SIDE_EFFECTS__ */
function time(name: "atime" | "mtime" | "ctime"): Field[] {
  return [
    row(2, `${name}_sec`, "i64", { always: true, from: (info: FileInfo) => info[name].sec }),
    row(2, `${name}_nsec`, "u32", { always: true, from: (info: FileInfo) => info[name].nsec }),
  ];
}

/** One name in a page of a directory. Written from a {@link DirPageEntry}. */
export const PAGE_ENTRY: MessageKind = /* @__PURE__ */ tuple(
  "page entry",
  { name: "text", ino: "u64", mode: "u32", cursor: "u64" },
  row(2, "info", "tuple", { of: ATTR }),
);

/** A moment. Written from a {@link Timespec}. */
export const TIME: MessageKind = /* @__PURE__ */ tuple("time", { sec: "i64", nsec: "u32" });

/** A filesystem. Written from a {@link StatFs}. */
export const STATFS: MessageKind = /* @__PURE__ */ tuple("statfs", {
  bsize: "u32",
  blocks: "u64",
  bfree: "u64",
  bavail: "u64",
  files: "u64",
  ffree: "u64",
  namelen: "u32",
  readonly: "bool",
});

/** A lock that is in the way. */
export const LOCK: MessageKind = /* @__PURE__ */ tuple("lock", {
  kind: "u32",
  type: "u32",
  off: "u64",
  len: "u64",
  pid: "u32",
  owner: "text",
});

/** How long answers may be cached, in milliseconds. */
export const LIFETIMES: MessageKind = /* @__PURE__ */ tuple("lifetimes", {
  entry: "u32",
  attr: "u32",
  negative: "u32",
});

/** Something in the tree that is not what it was. */
export const CHANGE: MessageKind = /* @__PURE__ */ tuple(
  "change",
  { kind: "u32", path: "text" },
  row(2, "ino", "u64"),
);

/** What a client may ask: every field of every version. */
export const REQUEST_FIELDS: readonly Field[] = [
  row(1, "op", "u32", { always: true }),
  row(2, "id", "u64"),
  row(1, "path", "text", { limit: "pathBytes" }),
  row(1, "new_path", "text", { limit: "pathBytes" }),
  row(1, "fh", "u64"),
  row(1, "off", "i64"),
  row(1, "sz", "u32"),
  row(1, "data", "bytes", { limit: "dataBytes" }),
  row(1, "flags", "u32"),
  row(1, "mode", "u32"),
  row(1, "uid", "u32"),
  row(1, "gid", "u32"),
  row(2, "pid", "u32"),
  row(2, "plus", "bool"),
  row(2, "mask", "u32"),
  row(2, "size", "i64"),
  row(2, "new_uid", "u32"),
  row(2, "new_gid", "u32"),
  row(2, "atime", "tuple", { of: TIME }),
  row(2, "mtime", "tuple", { of: TIME }),
  row(2, "name", "text", { limit: "pathBytes" }),
  row(2, "rdev", "u32"),
  row(2, "cursor", "u64"),
  row(2, "whence", "u32"),
  row(2, "len", "i64"),
  row(2, "fh2", "u64"),
  row(2, "off2", "i64"),
  row(2, "kind", "u32"),
  row(2, "type", "u32"),
  row(2, "owner", "text", { limit: "pathBytes" }),
  row(2, "wait", "bool"),
  row(2, "target", "u64"),
  row(2, "version", "u32"),
  row(2, "features", "texts", { limit: "pathBytes" }),
  row(2, "max_frame", "u32"),
  row(2, "resume", "u32"),
  row(2, "session", "bytes"),
  row(2, "token", "bytes"),
];

/** What a server may answer: every field of every version. */
export const RESPONSE_FIELDS: readonly Field[] = [
  row(2, "id", "u64"),
  row(1, "err", "i32", { always: true }),
  row(1, "stat", "message", { until: 1, of: STAT }),
  row(2, "attr", "tuple", { of: ATTR }),
  row(1, "data", "bytes"),
  row(1, "written", "u32", { until: 1 }),
  row(2, "written", "u64"),
  row(1, "fh", "u64"),
  row(1, "entries", "list", { until: 1, of: ENTRY }),
  row(2, "page", "tuples", { of: PAGE_ENTRY }),
  row(2, "off", "u64"),
  row(2, "names", "texts"),
  row(2, "statfs", "tuple", { of: STATFS }),
  row(2, "lock", "tuple", { of: LOCK }),
  row(2, "ttl", "tuple", { of: LIFETIMES }),
  row(2, "changes", "tuples", { of: CHANGE }),
  row(2, "version", "u32"),
  row(2, "features", "texts"),
  row(2, "max_frame", "u32"),
  row(2, "max_read", "u32"),
  row(2, "max_write", "u32"),
  row(2, "max_inflight", "u32"),
  row(2, "max_handles", "u32"),
  row(2, "max_path", "u32"),
  row(2, "session", "bytes"),
  row(2, "token", "bytes"),
  row(2, "resume", "u32"),
  row(2, "resumed", "bool"),
  row(2, "readonly", "bool"),
];
