import type { Provider } from "../fs/mod.ts";
import type { HookEngine, HookSource } from "../hooks/mod.ts";
import type { ServerLimits } from "../server/mod.ts";

/**
 * What a configuration file says: what is served, where, and within which limits.
 *
 * Paths of the host that are relative count from the directory of the file. What is said on the
 * command line as well is taken from there; mounts are added to those of the file.
 */
export interface VfsConfig {
  /**
   * What the guest finds, by mount point (absolute paths).
   *
   * A string is written as after the `=` of `--mount`: a directory or `memory`, with options after
   * a colon. Anything else is a provider, ready-made or of your own.
   */
  readonly mounts: Readonly<Record<string, string | Provider>>;
  /**
   * What is allowed, in order: rules, hooks and policies; the first that decides wins. Their paths
   * are those that the guest sees. What flags say is asked after them.
   */
  readonly rules?: readonly HookSource[];
  /** Instead of `rules`: an engine of your own, with settings, and events to listen to. */
  readonly engine?: HookEngine;
  /** The file in which every operation is recorded, as by `--audit`. */
  readonly audit?: string;
  /** The path of the Unix socket (default `./vfs.sock`). */
  readonly socket?: string;
  /** The permissions of the socket (default 0o600). */
  readonly socketMode?: number;
  /** The port, if the socket is to be found by a guest of Firecracker: `<socket>_<port>`. */
  readonly vsockPort?: number;
  /** Limits against a peer that wants too much; each has its documented default. */
  readonly limits?: Partial<ServerLimits>;
  /** How the log is written (default "text"). */
  readonly logFormat?: "text" | "json";
  /** Whether only failures are logged (default false). */
  readonly quiet?: boolean;
}

/**
 * Lets the editor check and complete a configuration, and returns it as it is.
 *
 * The file exports it as its default, and is given to `vfs-server --config`.
 *
 * @param config The configuration.
 * @returns The same configuration.
 *
 * @example
 * ```ts ignore
 * import { defineConfig, hide, MemoryProvider, readOnly } from "@vfs/server/core";
 *
 * export default defineConfig({
 *   mounts: {
 *     "/workspace": "./project",
 *     "/data": "./data:ro",
 *     "/scratch": new MemoryProvider(),
 *   },
 *   rules: [
 *     { pathPattern: "/workspace/.env.example", action: "allow" },
 *     hide(".env*"),
 *     readOnly("/workspace/.git/hooks"),
 *   ],
 *   socket: "./vfs.sock",
 * });
 * ```
 */
export function defineConfig(config: VfsConfig): VfsConfig {
  return config;
}
