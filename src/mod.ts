/**
 * The part of `@vfs/server` that runs wherever JavaScript runs: the vocabulary, the providers, the
 * protocol, the server and the client. It needs nothing of a runtime.
 *
 * ```ts
 * import { MemoryProvider, VfsServer } from "@vfs/server/core";
 *
 * const server = new VfsServer(new MemoryProvider());
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const done = server.handleConnection({ readable, writable });
 * await server.stop();
 * await done;
 * ```
 *
 * @module
 */

export { defineConfig, type VfsConfig } from "./cli/config.ts";
export * from "./client/mod.ts";
export * from "./facade/mod.ts";
export * from "./fs/mod.ts";
export * from "./fuse/mod.ts";
export * from "./hooks/mod.ts";
export * from "./protocol/mod.ts";
export * from "./providers/mod.ts";
export * from "./server/mod.ts";
