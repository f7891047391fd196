import type { Runtime } from "../../adapters/runtime.ts";
import type { HookEngine, HookSource } from "../hooks/mod.ts";
import type { ServerLimits } from "../server/mod.ts";
import type { VfsConfig } from "./config.ts";
import { policiesOf } from "./hook_flags.ts";
import { loadConfig } from "./load_config.ts";
import { joinLocal, splitLocal } from "./local_path.ts";
import type { LogFormat } from "./log.ts";
import { parseMount, parseMountPath, parseSource } from "./mount_spec.ts";
import type { Mount } from "./open_mount.ts";
import { limitsOf, type ServeFlagValues } from "./serve_flags.ts";
import { defaultSocket } from "./default_socket.ts";
import { UsageError } from "./usage_error.ts";

/** What is to be served, and how: the flags, the configuration and the defaults taken together. */
export interface ServeSettings {
  readonly mounts: readonly Mount[];
  /** The engine of the configuration, if it has one of its own. */
  readonly engine?: HookEngine;
  /** Rules and policies: those of the configuration, then those of the flags. */
  readonly rules: readonly HookSource[];
  /** The file of the audit. */
  readonly audit?: string;
  /** Whether events go to the standard output. */
  readonly events: boolean;
  readonly socket: string;
  readonly socketMode: number;
  readonly vsockPort?: number;
  readonly limits: Partial<ServerLimits>;
  readonly logFormat: LogFormat;
  readonly quiet: boolean;
}

/**
 * Takes flags, configuration file and defaults together, in this order of precedence.
 *
 * @param runtime The runtime, to load the file and to know the surroundings.
 * @param flags The flags.
 * @throws {UsageError} For mistakes in either.
 * @throws {CommandError} If the file cannot be loaded.
 */
export async function serveSettings(
  runtime: Runtime,
  flags: ServeFlagValues,
): Promise<ServeSettings> {
  const file = flags.config;
  const config: VfsConfig = file === undefined ? { mounts: {} } : await loadConfig(runtime, file);
  const base = file === undefined ? "" : splitLocal(file).directory;
  const home = runtime.env("HOME");

  const mounts = new Map([...configMounts(config, base, home), ...flagMounts(flags, home)]);
  if (mounts.size === 0) {
    const path = "/workspace";
    mounts.set(path, { path, source: parseSource("."), base: "" });
  }
  const inFile = (path: string | undefined) => path && joinLocal(base, path);
  const socket = flags.socket ?? inFile(config.socket) ?? defaultSocket(runtime);
  const audit = flags.audit ?? inFile(config.audit);
  const port = flags.vsockPort ?? config.vsockPort;
  return {
    mounts: [...mounts.values()],
    ...(config.engine !== undefined && { engine: config.engine }),
    rules: [...config.rules ?? [], ...policiesOf(flags)],
    ...(audit !== undefined && { audit }),
    events: flags.events ?? false,
    socket,
    ...(port !== undefined && { vsockPort: port }),
    socketMode: flags.socketMode ?? config.socketMode ?? 0o600,
    limits: { ...config.limits, ...limitsOf(flags) },
    logFormat: flags.logFormat ?? config.logFormat ?? "text",
    quiet: flags.quiet ?? config.quiet ?? false,
  };
}

/** Mounts by their mount points. */
type Mounts = Map<string, Mount>;

function configMounts(config: VfsConfig, base: string, home: string | undefined): Mounts {
  const mounts: Mounts = new Map();
  for (const [text, given] of Object.entries(config.mounts)) {
    const path = parseMountPath(text);
    const source = typeof given === "string"
      ? parseSource(given, home)
      : { kind: "provider" as const, provider: given };
    mounts.set(path, { path, source, base });
  }
  return mounts;
}

function flagMounts(flags: ServeFlagValues, home: string | undefined): Mounts {
  const mounts: Mounts = new Map();
  for (const text of flags.mount ?? []) {
    const mount = { ...parseMount(text, home), base: "" };
    if (mounts.has(mount.path)) {
      throw new UsageError(`Cannot mount two sources at ${mount.path}: keep one`);
    }
    mounts.set(mount.path, mount);
  }
  return mounts;
}
