import type { MountOptions } from "../../adapters/runtime.ts";
import * as flag from "./flag.ts";
import type { LogFormat } from "./log.ts";

/** What the flags of `vfs-server mount` can be set to. */
export interface MountFlagValues {
  readonly config?: string;
  readonly connect?: string;
  readonly readOnly?: true;
  readonly allowOther?: true;
  readonly noExec?: true;
  readonly name?: string;
  readonly via?: "mount" | "fusermount";
  readonly daemon?: true;
  readonly log?: string;
  readonly logFormat?: LogFormat;
  readonly quiet?: true;
  readonly entryLifetime?: number;
  readonly attrLifetime?: number;
  readonly negativeLifetime?: number;
  readonly writeback?: true;
  readonly directIo?: true;
  readonly deadline?: number;
  readonly busyGrace?: number;
  readonly timeout?: number;
  readonly reconnect?: number;
}

const WHAT = "What to mount, instead of SOURCE";
const HOW = "How";
const RUN = "While it runs";
const CACHE = "What the kernel may remember (what others change shows up after this time)";
const SERVER = "With --connect";

/** The flags of `vfs-server mount`. */
export const MOUNT_FLAGS: flag.FlagsOf<MountFlagValues> = {
  config: flag.text("FILE", {
    short: "c",
    group: WHAT,
    summary: "what a configuration says, with its rules",
  }),
  connect: flag.text("SOCKET", {
    group: WHAT,
    summary: "what a server serves; with PATH, what it serves there",
  }),
  readOnly: flag.toggle({ short: "r", group: HOW, summary: "every change fails with EROFS" }),
  allowOther: flag.toggle({ group: HOW, summary: "let other users in, by the modes of files" }),
  noExec: flag.toggle({ group: HOW, summary: "programs on the mount cannot be executed" }),
  name: flag.text("NAME", { group: HOW, summary: "what df calls it (default vfs-server)" }),
  via: flag.choice(["mount", "fusermount"], {
    group: HOW,
    summary: "who mounts: mount(8) needs root, fusermount3 does not (default what works)",
  }),
  busyGrace: flag.duration({
    group: HOW,
    summary: "at the end, how long others may keep using it before it is taken away (default 2s)",
  }),
  daemon: flag.toggle({ short: "d", group: RUN, summary: "go on in the background when ready" }),
  log: flag.text("FILE", {
    group: RUN,
    summary: "add the log to FILE (a daemon has no other place for it)",
  }),
  logFormat: flag.choice(["text", "json"], {
    group: RUN,
    summary: "sentences, or an object for each line (default text)",
  }),
  quiet: flag.toggle({ short: "q", group: RUN, summary: "report only what goes wrong" }),
  entryLifetime: flag.duration({ group: CACHE, summary: "which names there are (default 1s)" }),
  attrLifetime: flag.duration({ group: CACHE, summary: "sizes, times, content (default 1s)" }),
  negativeLifetime: flag.duration({
    group: CACHE,
    summary: "which names there are not (default 0: it asks)",
  }),
  writeback: flag.toggle({
    group: CACHE,
    summary: "hold writes back and merge them: for trees that nobody else changes",
  }),
  directIo: flag.toggle({ group: CACHE, summary: "no content at all: every read asks" }),
  deadline: flag.duration({
    group: HOW,
    summary: "how long an answer may take before its caller gets ETIMEDOUT (default 60s)",
  }),
  timeout: flag.duration({
    group: SERVER,
    summary: "how long the server may take for an answer (default 30s)",
  }),
  reconnect: flag.duration({
    group: SERVER,
    summary: "how long to look for a server that is gone, before unmounting (default 60s)",
  }),
};

/** The options of the mount that flags set. */
export function mountOptionsOf(flags: MountFlagValues): MountOptions {
  const options: { [K in keyof MountOptions]: MountOptions[K] | undefined } = {
    readonly: flags.readOnly,
    allowOther: flags.allowOther,
    exec: flags.noExec && false,
    name: flags.name,
    via: flags.via,
    busyGrace: flags.busyGrace,
    entryLifetime: flags.entryLifetime,
    attrLifetime: flags.attrLifetime,
    negativeLifetime: flags.negativeLifetime,
    writeback: flags.writeback,
    directIo: flags.directIo,
    deadline: flags.deadline,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
