/**
 * The server: connections, sessions with their handles, limits, and what each operation does.
 *
 * @module
 */

export type { CacheOptions } from "./cache_rules.ts";
export * from "./events.ts";
export * from "./limits.ts";
export type { ServerStats } from "./stats.ts";
export * from "./stream_transport.ts";
export * from "./transport.ts";
export * from "./vfs_server.ts";
