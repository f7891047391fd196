import type { VfsServer } from "../src/server/mod.ts";
import type { Runtime } from "./runtime.ts";

/** How to serve a Unix socket. */
export interface ServeUnixOptions {
  /** The permissions of the socket from its first instant (default 0o600). */
  readonly mode?: number;
  /** Serves this vsock port of a Firecracker microVM, at `<path>_<port>`. */
  readonly vsockPort?: number;
  /** Told of an accept that failed; the listener goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** Listens, and returns what stops the server. */
export async function serveInBackground(
  runtime: Runtime,
  server: VfsServer,
  path: string,
  options: ServeUnixOptions = {},
): Promise<() => Promise<void>> {
  const listener = await runtime.listen(path, {
    ...options,
    onConnection: (transport) => void server.handleConnection(transport),
  });
  const closed = server.stopping.then(() => listener.close());
  return async () => {
    await Promise.all([server.stop(), closed]);
  };
}

/** Listens until somebody stops the server. */
export async function serveInForeground(
  runtime: Runtime,
  server: VfsServer,
  path: string,
  options?: ServeUnixOptions,
): Promise<void> {
  const stop = await serveInBackground(runtime, server, path, options);
  await server.stopping;
  await stop();
}
