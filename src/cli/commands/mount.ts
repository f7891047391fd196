import type { MountedTree, Runtime, Signal } from "../../../adapters/runtime.ts";
import { type Command, command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { formatDuration } from "../duration.ts";
import { firstSignal } from "../first_signal.ts";
import { Log } from "../log.ts";
import { openLogFile } from "../log_file.ts";
import { mountFailure } from "../mount_failure.ts";
import { MOUNT_FLAGS, type MountFlagValues, mountOptionsOf } from "../mount_flags.ts";
import { DIRECTORY_OPTIONS, MEMORY_OPTIONS } from "../mount_options.ts";
import { type OpenSource, openSource } from "../mount_source.ts";
import { optionTable } from "../option_table.ts";
import { formatSize } from "../size.ts";
import { UsageError } from "../usage_error.ts";

/** `vfs-server mount`: files as a directory of this machine. */
export const mount: Command = command({
  name: "mount",
  summary: "show files as a directory of this machine (Linux)",
  usage: "[SOURCE[:OPTIONS]|PATH] MOUNTPOINT [options]",
  details: [
    "Mounts SOURCE, which is a directory or memory, or what --config or --connect name, of which " +
    "PATH is the part to mount. It lasts until SIGINT, SIGTERM or vfs-server umount.",
    "It needs /dev/fuse, and root or fusermount3. A directory and memory are served by a thread " +
    "of their own, which is the fastest.",
  ],
  flags: MOUNT_FLAGS,
  operands: [1, 2],
  tables: [
    optionTable("Options of a directory, for instance ./dir:ro,uid=1000", DIRECTORY_OPTIONS),
    optionTable("Options of a tree in memory, for instance memory:limit=64M", MEMORY_OPTIONS),
  ],
  examples: [
    { purpose: "A scratch place of at most 64M", line: "vfs-server mount memory:limit=64M /mnt" },
    {
      purpose: "In a guest: what the host serves at /workspace",
      line: "vfs-server mount --connect ./vfs.sock /workspace /workspace --daemon",
    },
    {
      purpose: "Your own providers and rules",
      line: "vfs-server mount --config vfs.config.ts /mnt",
    },
  ],
  run: async ({ runtime, log: errors, flags, operands }) => {
    const mountPoint = operands.at(-1)!;
    const operand = operands.length === 2 ? operands[0] : undefined;
    if (operand === undefined && flags.config === undefined && flags.connect === undefined) {
      throw new UsageError(
        `Missing argument: write vfs-server mount SOURCE ${mountPoint}, for instance . or memory`,
      );
    }
    const isDaemon = runtime.env("VFS_SERVER_DAEMON") === "1";
    if (flags.daemon && !isDaemon) return await becomeDaemon(runtime, errors, flags, mountPoint);
    const file = flags.log === undefined ? undefined : await openLogFile(runtime, flags.log);
    const log = new Log(file ?? runtime, { format: flags.logFormat, quiet: flags.quiet });
    try {
      const opened = await openSource({ runtime, log, flags, operand, mountPoint });
      try {
        return await serveMount({ runtime, log, flags, mountPoint, opened });
      } finally {
        await opened.close();
      }
    } finally {
      await log.flush();
      await file?.close();
    }
  },
});

async function becomeDaemon(
  runtime: Runtime,
  log: Log,
  flags: MountFlagValues,
  mountPoint: string,
): Promise<number> {
  const status = await runtime.startDaemon();
  // Without a file, the line of the other process was passed on.
  if (status === undefined && flags.log !== undefined && !flags.quiet) {
    log.write("info", "ready", `Mounted at ${mountPoint}, with its log in ${flags.log}`);
  }
  return status ?? 0;
}

/** What is mounted, and where. */
interface MountRun {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly flags: MountFlagValues;
  readonly mountPoint: string;
  readonly opened: OpenSource;
}

async function serveMount(run: MountRun): Promise<number> {
  const { runtime, log } = run;
  // From before there is a mount to leave behind.
  const stopping = firstSignal(runtime, ["SIGINT", "SIGTERM"]);
  try {
    const mounted = await mountOrSay(run);
    const forget = runtime.onSignal("SIGUSR1", () => logCounters(log, "notice", mounted));
    try {
      await logReady(run, mounted);
      const failure = await untilTheEnd(run, mounted, stopping.signal);
      logCounters(log, "info", mounted);
      const { mountPoint } = mounted;
      log.write("info", "unmounted", `Unmounted ${mountPoint}`, { mountPoint });
      if (failure === undefined) return 0;
      log.write("error", "failed", failure.message);
      return 1;
    } finally {
      forget();
    }
  } finally {
    stopping.forget();
  }
}

async function logReady({ runtime, log, opened }: MountRun, mounted: MountedTree): Promise<void> {
  const { label } = opened;
  const { mountPoint } = mounted;
  log.write("info", "ready", `Mounted ${label} at ${mountPoint}`, { mountPoint, source: label });
  if (runtime.env("VFS_SERVER_DAEMON") !== "1") return;
  await log.flush();
  await runtime.print(1, "ready\n");
}

/** Waits until a signal, the source or somebody else ends the mount; answers what went wrong. */
async function untilTheEnd(
  { log, flags, opened }: MountRun,
  mounted: MountedTree,
  signal: Promise<Signal>,
): Promise<CommandError | undefined> {
  const closed = mounted.closed.then(
    () => undefined,
    (error) => mountFailure("serve the mount at", mounted.mountPoint, error),
  );
  const end = await Promise.race([signal, opened.gone, closed]);
  if (typeof end === "string") {
    const grace = formatDuration(flags.busyGrace ?? 2000);
    const sentence = `Unmounting on ${end}: who uses it has ${grace}; a second signal ends at once`;
    log.write("info", "stopping", sentence, { signal: end });
  }
  const failure = await mounted.unmount().then(
    () => undefined,
    (error) => mountFailure("unmount", mounted.mountPoint, error),
  );
  return end instanceof CommandError ? end : failure;
}

async function mountOrSay({ runtime, flags, mountPoint, opened }: MountRun): Promise<MountedTree> {
  try {
    return await runtime.mount(opened.source, mountPoint, mountOptionsOf(flags));
  } catch (error) {
    throw mountFailure("mount at", mountPoint, error);
  }
}

function logCounters(log: Log, level: "info" | "notice", mounted: MountedTree): void {
  const stats = mounted.stats();
  const { requests, errors, bytesRead, bytesWritten, files } = stats;
  const sentence =
    `Served ${requests} requests, ${errors} errors, ${formatSize(bytesRead)} read, ` +
    `${formatSize(bytesWritten)} written, ${files} open files`;
  log.write(level, "counters", sentence, { ...stats });
}
