/**
 * What the rest of the package wants from a runtime. Each adapter (`deno.ts`, `bun.ts`, `node.ts`)
 * ends in one value of this interface.
 *
 * @module
 */

import type { Provider } from "../src/fs/mod.ts";
import type { FuseStats } from "../src/fuse/stats.ts";
import type { MemoryOptions } from "../src/providers/memory/options.ts";
import type { Transport } from "../src/server/transport.ts";
import type { MountOptions } from "./fuse/options.ts";
import type { RealDirectoryOptions } from "./realfs/options.ts";

export type { MountOptions } from "./fuse/options.ts";
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

/**
 * What is to be mounted. A provider is served by the event loop of the program; what can be made of
 * options is made and served by a thread of its own, which is faster.
 */
export type MountSource =
  | {
    readonly kind: "provider";
    readonly provider: Provider;
    /** The directories of the host that it is made of. */
    readonly directories: readonly string[];
  }
  | {
    readonly kind: "directory";
    readonly directory: string;
    /** How to serve it; functions are left out, they cannot be sent to a thread. */
    readonly options: RealDirectoryOptions;
  }
  | { readonly kind: "memory"; readonly options: MemoryOptions };

/** Something that is mounted. */
export interface MountedTree {
  /** Where: an absolute path without symbolic links. */
  readonly mountPoint: string;
  /** When the mount has ended, whoever ended it; rejects if it broke. */
  readonly closed: Promise<void>;
  /** Unmounts, and waits for the end. */
  unmount(): Promise<void>;
  /** What was done so far. */
  stats(): FuseStats;
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

  /**
   * Mounts files as a directory of this machine. Linux only.
   *
   * @throws {VfsError} EOPNOTSUPP elsewhere; ENOENT, ENOTDIR, EBUSY; EACCES or EPERM without the right
   * to mount; EDEADLK for a mount point inside of what is mounted.
   */
  mount(source: MountSource, mountPoint: string, options?: MountOptions): Promise<MountedTree>;

  /**
   * Takes a mount away that this package has made, in whatever process.
   *
   * @param force Also from those who use it; what they still ask for fails.
   * @throws {VfsError} EINVAL if no such mount is there, EBUSY if it is in use, EPERM.
   */
  unmount(mountPoint: string, force: boolean): Promise<void>;

  /**
   * Runs this program once more, with the same arguments, in a process that has no terminal and
   * outlives this one; its environment has `VFS_SERVER_DAEMON=1`. What it writes to its standard
   * error is passed on until it is ready: until it has written something to its standard output.
   *
   * @returns When it is ready, or its exit status if it ended before.
   */
  startDaemon(): Promise<number | undefined>;

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
