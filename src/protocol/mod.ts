/**
 * The protocol: frames, the messages in them, and the subset of CBOR (RFC 8949) that carries them.
 *
 * @module
 */

export * from "./buffer_pool.ts";
export * from "./decoder.ts";
export * from "./encoder.ts";
export * from "./field.ts";
export * from "./fields.ts";
export * from "./frame_splitter.ts";
export * from "./frame_writer.ts";
export * from "./int64.ts";
export * from "./messages.ts";
export * from "./operations.ts";
export * from "./protocol_error.ts";
export * from "./request.ts";
export * from "./request2.ts";
export * from "./response2.ts";
