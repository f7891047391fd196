/**
 * The client: the other end of the wire.
 *
 * @module
 */

export type { CallOptions } from "./call_options.ts";
export * from "./client_info.ts";
export * from "./client_options.ts";
export * from "./connect_options.ts";
export * from "./reconnect_policy.ts";
export type { RemoteFile } from "./remote_file.ts";
export * from "./remote_handle.ts";
export * from "./remote_provider.ts";
export type { ServerInfo } from "./server_info.ts";
export * from "./vfs_client.ts";
export * from "./vfs_client_1.ts";
export * from "./wire_client.ts";
