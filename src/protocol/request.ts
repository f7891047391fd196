import { NO_BYTES } from "./_cbor.ts";
import type { Decoder } from "./decoder.ts";
import { REQUEST, type WireRequest } from "./messages.ts";

/** The op of a request that names none, or none that can be. */
export const NO_OP: number = -1;

/**
 * Reads one request into an object that is used again and again.
 *
 * What was wrong with its fields stands in {@link Decoder.fault}.
 *
 * @param decoder The decoder of the connection.
 * @param bytes Where the frame stands. The request's `data` is a view of this array.
 * @param start The first byte after the length of the frame.
 * @param end The byte after the last of the frame.
 * @param request Where to put it; every field is set. An `op` that is missing is {@link NO_OP}.
 * @throws {ProtocolError} The frame is not one request map.
 *
 * @example
 * ```ts
 * import {
 *   decodeRequest, Decoder, encodeFrame, FrameWriter, newRequest, REQUEST,
 * } from "@vfs/server/core";
 *
 * const writer = new FrameWriter();
 * encodeFrame(writer, REQUEST, { op: 1, path: "/a" });
 * const frame = writer.lend();
 *
 * const request = newRequest();
 * decodeRequest(new Decoder(), frame, 4, frame.length, request);
 * console.log(request.path); // "/a"
 * ```
 */
export function decodeRequest(
  decoder: Decoder,
  bytes: Uint8Array,
  start: number,
  end: number,
  request: WireRequest,
): void {
  request.op = NO_OP;
  request.path = "";
  request.new_path = "";
  request.fh = 0;
  request.off = 0;
  request.sz = 0;
  request.data = NO_BYTES;
  request.flags = 0;
  request.mode = 0;
  request.uid = 0;
  request.gid = 0;
  decoder.decode(bytes, start, end, REQUEST, request);
}
