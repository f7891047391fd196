import { NO_BYTES } from "./_cbor.ts";
import { MessageKind } from "./field.ts";
import type { Int64 } from "./int64.ts";
import { REQUEST_FIELDS, RESPONSE_FIELDS } from "./fields.ts";

/** What a client of version 1 asks. */
export const REQUEST: MessageKind = /* @__PURE__ */ new MessageKind(
  "request",
  /* @__PURE__ */ REQUEST_FIELDS.filter((field) => field.since === 1),
);

/** What a server answers in version 1. */
export const RESPONSE: MessageKind = /* @__PURE__ */ new MessageKind(
  "response",
  /* @__PURE__ */ RESPONSE_FIELDS.filter((field) => field.since === 1),
);

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

/** The attributes of a file in version 1, as a client reads them. */
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

/** One name of a listing of version 1, as a client reads them. */
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
