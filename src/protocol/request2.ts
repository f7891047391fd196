import { NO_BYTES } from "./_cbor.ts";
import type { Decoder } from "./decoder.ts";
import { MessageKind } from "./field.ts";
import { REQUEST_FIELDS } from "./fields.ts";
import type { Int64 } from "./int64.ts";
import { newRequest, type WireRequest } from "./messages.ts";
import { NO_OP } from "./request.ts";

/** What a client of version 2 asks. */
export const REQUEST_2: MessageKind = /* @__PURE__ */ new MessageKind("request", REQUEST_FIELDS);

/** A moment, as a request carries it. */
export interface WireTime {
  /** Whole seconds since 1970. */
  readonly sec: Int64;
  /** Nanoseconds after that second. */
  readonly nsec: number;
}

/** The fields of {@link REQUEST_2}; absent ones are zero or empty. */
export interface WireRequest2 extends WireRequest {
  /** The number of the request. */
  id: Int64;
  /** The caller's process id, as claimed. */
  pid: number;
  /** Whether attributes are wanted. */
  plus: boolean;
  /** What to set. */
  mask: number;
  /** The new size. */
  size: Int64;
  /** The new owner. */
  new_uid: number;
  /** The new group. */
  new_gid: number;
  /** The new access time. */
  atime: WireTime | undefined;
  /** The new modification time. */
  mtime: WireTime | undefined;
  /** The name of an extended attribute, or of the client. */
  name: string;
  /** Which device. */
  rdev: number;
  /** Where to go on in a directory. */
  cursor: Int64;
  /** What to look for. */
  whence: number;
  /** How many bytes. */
  len: Int64;
  /** The other handle. */
  fh2: Int64;
  /** The offset in the other file. */
  off2: Int64;
  /** The kind of a lock. */
  kind: number;
  /** The type of a lock. */
  type: number;
  /** The owner of a lock. */
  owner: string;
  /** Whether to wait for a lock. */
  wait: boolean;
  /** Which request to cancel. */
  target: Int64;
  /** The highest version that the client speaks. */
  version: number;
  /** What the client knows. */
  features: string[];
  /** The longest frame that the client accepts. */
  max_frame: number;
  /** How long to keep the session without a connection, in milliseconds. */
  resume: number;
  /** The session to go on with. */
  session: Uint8Array;
  /** The proof that it is the client's. */
  token: Uint8Array;
}

/**
 * Makes a request of version 2 with every field zero or empty.
 *
 * @returns The request.
 *
 * @example
 * ```ts
 * import { newRequest2 } from "@vfs/server/core";
 *
 * console.log(newRequest2().id); // 0
 * ```
 */
export function newRequest2(): WireRequest2 {
  const request = clear(newRequest() as WireRequest2);
  request.op = 0;
  return request;
}

const NO_TEXTS: string[] = [];

function clear(request: WireRequest2): WireRequest2 {
  request.op = NO_OP;
  request.path =
    request.new_path =
    request.name =
    request.owner =
      "";
  request.fh =
    request.off =
    request.sz =
    request.flags =
    request.mode =
      0;
  request.uid =
    request.gid =
    request.pid =
    request.id =
      0;
  request.mask =
    request.size =
    request.new_uid =
    request.new_gid =
      0;
  request.rdev =
    request.cursor =
    request.whence =
    request.len =
      0;
  request.fh2 =
    request.off2 =
    request.kind =
    request.type =
    request.target =
      0;
  request.version = request.max_frame = request.resume = 0;
  request.plus = request.wait = false;
  request.atime = request.mtime = undefined;
  request.data = request.session = request.token = NO_BYTES;
  request.features = NO_TEXTS;
  return request;
}

/**
 * Reads one request of version 2 into an object that is used again and again.
 *
 * @param decoder The decoder of the connection; what was wrong with fields is its `fault`.
 * @param bytes Where the frame stands. Bytes in the request are views of this array.
 * @param start The first byte after the length of the frame.
 * @param end The byte after the last of the frame.
 * @param request Where to put it; every field is set. An `op` that is missing is {@link NO_OP}.
 * @throws {ProtocolError} The frame is not one request map.
 */
export function decodeRequest2(
  decoder: Decoder,
  bytes: Uint8Array,
  start: number,
  end: number,
  request: WireRequest2,
): void {
  decoder.decode(bytes, start, end, REQUEST_2, clear(request));
}
