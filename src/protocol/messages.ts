/**
 * The messages of the wire, as tables. The encoder, the decoder and the specification come from
 * these rows; a new field is one row.
 *
 * @module
 */

import { type DirEntry, type FileInfo, goFileType, isDirectory, toGoFileMode } from "../fs/mod.ts";
import { NO_BYTES } from "./_cbor.ts";
import { MessageKind } from "./field.ts";
import type { Int64 } from "./int64.ts";

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

/** What a client asks. */
export const REQUEST: MessageKind = new MessageKind("request", [
  { name: "op", type: "u32", since: 1, always: true },
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
]);

/** What a server answers. */
export const RESPONSE: MessageKind = new MessageKind("response", [
  { name: "err", type: "i32", since: 1, always: true },
  { name: "stat", type: "message", of: STAT, since: 1 },
  { name: "data", type: "bytes", since: 1 },
  { name: "written", type: "u32", since: 1 },
  { name: "fh", type: "u64", since: 1 },
  { name: "entries", type: "list", of: ENTRY, since: 1 },
]);

/** The fields of {@link REQUEST}; absent ones are zero or empty. */
export interface WireRequest {
  /** The number of the operation. */
  op: number;
  /** The path. */
  path: string;
  /** The other path, or the target of a symbolic link. */
  new_path: string;
  /** The handle. */
  fh: Int64;
  /** The offset, or the new size. */
  off: Int64;
  /** How many bytes to read. */
  sz: number;
  /** The bytes to write. */
  data: Uint8Array;
  /** Linux open flags. */
  flags: number;
  /** POSIX mode bits. */
  mode: number;
  /** The caller's user id, as claimed. */
  uid: number;
  /** The caller's group id, as claimed. */
  gid: number;
}

/** The fields of {@link STAT} as a client reads them. */
export interface WireStat {
  /** Size in bytes. */
  size: Int64;
  /** Type and permissions, as Go's `os.FileMode` has them. */
  mode: number;
  /** Whole seconds since 1970. */
  mtime: Int64;
  /** Whether it is a directory. */
  is_dir: boolean;
  /** The inode number. */
  ino: Int64;
}

/** The fields of {@link ENTRY} as a client reads them. */
export interface WireEntry {
  /** The name. */
  name: string;
  /** Whether it is a directory. */
  is_dir: boolean;
  /** The type alone, as Go's `os.FileMode` has it. */
  mode: number;
  /** Size in bytes. */
  size: Int64;
  /** The inode number. */
  ino: Int64;
}

/** The fields of {@link RESPONSE} as a client reads them; absent ones are zero or empty. */
export interface WireResponse {
  /** 0, or a negative Linux errno. */
  err: number;
  /** The attributes. */
  stat: WireStat | undefined;
  /** The bytes read, or the target of a symbolic link. */
  data: Uint8Array;
  /** How many bytes were written. */
  written: number;
  /** The new handle. */
  fh: Int64;
  /** The listing. */
  entries: WireEntry[];
}

/**
 * Makes a request with every field zero or empty.
 *
 * @returns The request.
 *
 * @example
 * ```ts
 * import { newRequest } from "@vfs/server/core";
 *
 * console.log(newRequest().path === ""); // true
 * ```
 */
export function newRequest(): WireRequest {
  return {
    op: 0,
    path: "",
    new_path: "",
    fh: 0,
    off: 0,
    sz: 0,
    data: NO_BYTES,
    flags: 0,
    mode: 0,
    uid: 0,
    gid: 0,
  };
}

/**
 * Makes a response with every field zero or empty.
 *
 * @returns The response.
 *
 * @example
 * ```ts
 * import { newResponse } from "@vfs/server/core";
 *
 * console.log(newResponse().err); // 0
 * ```
 */
export function newResponse(): WireResponse {
  return { err: 0, stat: undefined, data: NO_BYTES, written: 0, fh: 0, entries: [] };
}
