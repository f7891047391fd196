/**
 * What the rest of the package wants from a runtime. Each adapter (`deno.ts`, `bun.ts`, `node.ts`)
 * ends in one value of this interface.
 *
 * @module
 */

import type { Provider } from "../src/fs/mod.ts";
import type { Transport } from "../src/server/transport.ts";
import type { RealDirectoryOptions } from "./realfs/options.ts";

export type { RealDirectoryOptions } from "./realfs/options.ts";

/** A Unix socket that accepts connections. */
export interface Listener {
  /** The path of the socket. */
  readonly path: string;
  /** Stops accepting and removes the socket. Connections that were accepted live on. */
  close(): Promise<void>;
}

/** How to listen. */
export interface ListenOptions {
  /**
   * Listens on `<path>_<port>`: where Firecracker connects when the guest opens this vsock port, if
   * the microVM's vsock device has `path` as its `uds_path`.
   */
  readonly vsockPort?: number;
  /** The permissions of the socket from its first instant (default 0o600). */
  readonly mode?: number;
  /** Takes a connection that arrived. */
  readonly onConnection: (transport: Transport) => void;
  /** Told of an accept that failed; the listener goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** The signals that a server reacts to. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGUSR1";

/** What the package needs from a runtime. */
export interface Runtime {
  /** Which runtime it is. */
  readonly name: "deno" | "bun" | "node";
  /** Its version. */
  readonly version: string;

  /**
   * Listens on a Unix socket. A live socket is never taken over, a stale one is, and anything else
   * at that path is left alone.
   *
   * @throws {VfsError} EADDRINUSE, EEXIST, ENAMETOOLONG, EACCES ...
   */
  listen(path: string, options: ListenOptions): Promise<Listener>;

  /**
   * Connects to a Unix socket.
   *
   * @throws {VfsError} ENOENT, ECONNREFUSED, ENAMETOOLONG ...
   */
  connect(path: string): Promise<Transport>;

  /** Opens a directory of the host as a provider that nothing escapes from. */
  openDirectory(path: string, options?: RealDirectoryOptions): Provider;

  /** The arguments of the command line, without the runtime and the script. */
  readonly args: readonly string[];
  /** The current directory. */
  cwd(): string;
  /** Reads an environment variable. */
  env(name: string): string | undefined;
  /** Calls back at each arrival of a signal, until the returned function is called. */
  onSignal(signal: Signal, callback: () => void): () => void;
  /** Writes text to the standard output (1) or the standard error (2), all of it. */
  print(stream: 1 | 2, text: string | Uint8Array): Promise<void>;
  /** Reads the standard input piece by piece. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Sets the status with which the process will exit, without ending it. */
  setExitCode(code: number): void;
  /** Imports a module of the user's by its path, relative to the current directory. */
  importModule(path: string): Promise<Record<string, unknown>>;
}
