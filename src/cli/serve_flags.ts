import { DEFAULT_LIMITS, type ServerLimits } from "../server/mod.ts";
import * as flag from "./flag.ts";
import { formatDuration } from "./duration.ts";
import { HOOK_FLAGS, type HookFlagValues } from "./hook_flags.ts";
import type { LogFormat } from "./log.ts";

/** What the flags of `vfs-server serve` can be set to. */
export interface ServeFlagValues extends HookFlagValues {
  readonly mount?: readonly string[];
  readonly config?: string;
  readonly socket?: string;
  readonly socketMode?: number;
  readonly vsockPort?: number;
  readonly logFormat?: LogFormat;
  readonly quiet?: true;
  readonly maxConnections?: number;
  readonly maxHandles?: number;
  readonly frameTimeout?: number;
  readonly idleTimeout?: number;
  readonly drainTimeout?: number;
}

const WHAT = "What to serve";
const WHERE = "Where";
const LOG = "Log (standard error)";
const LIMITS = "Limits (more of them in a configuration)";
const { connections, handlesPerConnection, frameMs, drainMs } = DEFAULT_LIMITS;

/** The flags of `vfs-server serve`. */
export const SERVE_FLAGS: flag.FlagsOf<ServeFlagValues> = {
  mount: flag.texts("PATH=SOURCE", {
    short: "m",
    group: WHAT,
    summary: "show SOURCE at PATH: a directory, or memory; may be repeated",
  }),
  config: flag.text("FILE", {
    short: "c",
    group: WHAT,
    summary: "read a configuration in TypeScript, with your own providers",
  }),
  socket: flag.text("PATH", {
    short: "s",
    group: WHERE,
    summary: "the Unix socket (default $VFS_SOCKET or ./vfs.sock)",
  }),
  socketMode: flag.permissions({
    group: WHERE,
    summary: "the permissions of the socket (default 600)",
  }),
  vsockPort: flag.whole("PORT", 0, 2 ** 32 - 1, {
    group: WHERE,
    summary: "listen on SOCKET_PORT, where Firecracker looks for it",
  }),
  ...HOOK_FLAGS,
  logFormat: flag.choice(["text", "json"], {
    group: LOG,
    summary: "sentences, or an object for each line (default text)",
  }),
  quiet: flag.toggle({ short: "q", group: LOG, summary: "report only what goes wrong" }),
  maxConnections: flag.whole("N", 1, 2 ** 31, {
    group: LIMITS,
    isAdvanced: true,
    summary: `connections at a time (default ${connections})`,
  }),
  maxHandles: flag.whole("N", 1, 2 ** 31, {
    group: LIMITS,
    isAdvanced: true,
    summary: `open files of one connection (default ${handlesPerConnection})`,
  }),
  frameTimeout: flag.duration({
    group: LIMITS,
    isAdvanced: true,
    summary: `how long a request may take to arrive (default ${formatDuration(frameMs)})`,
  }),
  idleTimeout: flag.duration({
    group: LIMITS,
    isAdvanced: true,
    summary: "how long a connection may be silent (default for ever)",
  }),
  drainTimeout: flag.duration({
    group: LIMITS,
    isAdvanced: true,
    summary: `how long requests may take to finish at the end (default ${formatDuration(drainMs)})`,
  }),
};

/** The limits that flags set. */
export function limitsOf(flags: ServeFlagValues): Partial<ServerLimits> {
  const limits: { [K in keyof ServerLimits]?: ServerLimits[K] | undefined } = {
    connections: flags.maxConnections,
    handlesPerConnection: flags.maxHandles,
    frameMs: flags.frameTimeout,
    idleMs: flags.idleTimeout,
    drainMs: flags.drainTimeout,
  };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
