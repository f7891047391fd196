/**
 * The client: the other end of the wire.
 *
 * @module
 */

export * from "./client_info.ts";
export * from "./client_options.ts";
export * from "./vfs_client_1.ts";
export * from "./wire_client.ts";
