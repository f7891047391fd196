/**
 * `@vfs/server` on Deno: Unix sockets, real directories, and what the command line needs.
 *
 * @example
 * ```ts ignore
 * import { MemoryProvider, VfsServer } from "@vfs/server/core";
 * import { serveUnix } from "@vfs/server/deno";
 *
 * await serveUnix(new VfsServer(new MemoryProvider()), "./vfs.sock");
 * ```
 *
 * @module
 */

import type { VfsServer } from "../src/server/mod.ts";
import { makeRuntime } from "./_host.ts";
import { closeDebugger } from "./_deno_debugger.ts";
import { connectTo, listen } from "./_deno_socket.ts";
import { serveInBackground, serveInForeground, type ServeUnixOptions } from "./_serve_unix.ts";
import type { Runtime } from "./runtime.ts";

export * from "./realfs/mod.ts";
export * from "./runtime.ts";
export type { ServeUnixOptions } from "./_serve_unix.ts";

const host = makeRuntime({
  name: "deno",
  version: Deno.version.deno,
  listen,
  connect: connectTo,
});

/** Deno, as the rest of the package sees it. */
export const runtime: Runtime = {
  ...host,
  /** A variable that may not be read is not there: nobody is asked for it. */
  env(name) {
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    return state === "granted" ? host.env(name) : undefined;
  },
  onSignal(signal, callback) {
    if (signal !== "SIGUSR1") return host.onSignal(signal, callback);
    return host.onSignal(signal, () => {
      closeDebugger();
      callback();
    });
  },
};

/**
 * Serves a Unix socket until the server is stopped.
 *
 * @param server The server.
 * @param path The path of the socket. A live socket there is left alone, a stale one is replaced.
 * @param options How.
 * @returns When the server has stopped and the socket is removed.
 * @throws {VfsError} EADDRINUSE if somebody listens there, EEXIST if there is no socket but something
 * else, ENAMETOOLONG, EACCES.
 *
 * @example
 * ```ts ignore
 * import { MemoryProvider, VfsServer } from "@vfs/server/core";
 * import { serveUnix } from "@vfs/server/deno";
 *
 * await serveUnix(new VfsServer(new MemoryProvider()), "./vfs.sock");
 * ```
 */
export function serveUnix(
  server: VfsServer,
  path: string,
  options?: ServeUnixOptions,
): Promise<void> {
  return serveInForeground(runtime, server, path, options);
}

/**
 * Serves a Unix socket in the background.
 *
 * @param server The server.
 * @param path The path of the socket, as for {@link serveUnix}.
 * @param options How.
 * @returns When the socket is there, a function that stops the server and removes the socket.
 * @throws {VfsError} What {@link serveUnix} throws.
 *
 * @example
 * ```ts ignore
 * import { MemoryProvider, VfsServer } from "@vfs/server/core";
 * import { serveUnixBackground } from "@vfs/server/deno";
 *
 * const stop = await serveUnixBackground(new VfsServer(new MemoryProvider()), "./vfs.sock");
 * await stop();
 * ```
 */
export function serveUnixBackground(
  server: VfsServer,
  path: string,
  options?: ServeUnixOptions,
): Promise<() => Promise<void>> {
  return serveInBackground(runtime, server, path, options);
}
