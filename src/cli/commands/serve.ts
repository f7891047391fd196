import { MountRouter } from "../../providers/mod.ts";
import { type Command, command } from "../command.ts";
import { Log } from "../log.ts";
import { optionTable } from "../option_table.ts";
import { DIRECTORY_OPTIONS, MEMORY_OPTIONS } from "../mount_options.ts";
import { openMount } from "../open_mount.ts";
import { intercept } from "../interception.ts";
import { runServer } from "../run_server.ts";
import { SERVE_FLAGS } from "../serve_flags.ts";
import { serveSettings } from "../serve_settings.ts";

/** `vfs-server serve`, and `vfs-server` without a command: serves until a signal comes. */
export const serve: Command = command({
  name: "serve",
  summary: "serve files to a guest; the default command",
  usage: "[--mount PATH=SOURCE[:OPTIONS]]... [options]",
  details: [
    "Serves files to a guest over a Unix socket: without --mount and --config, the current " +
    "directory at /workspace. SIGINT and SIGTERM let requests finish, a second one ends at once; " +
    "SIGUSR1 logs counters.",
  ],
  flags: SERVE_FLAGS,
  operands: [0, 0],
  tables: [
    optionTable("Options of a directory, for instance ./dir:ro,uid=1000", DIRECTORY_OPTIONS),
    optionTable("Options of a tree in memory, for instance memory:limit=64M", MEMORY_OPTIONS),
  ],
  examples: [
    { purpose: "This directory, at /workspace, on ./vfs.sock", line: "vfs-server" },
    {
      purpose: "Data that cannot be changed, and a place for scratch",
      line: "vfs-server -m /data=./data:ro -m /tmp=memory:limit=64M",
    },
    {
      purpose: "Secrets out of sight, a history that stays, and a record of everything",
      line: "vfs-server --hide '.env*' --read-only /workspace/.git --audit ../audit.jsonl",
    },
    { purpose: "Providers of your own", line: "vfs-server --config vfs.config.ts" },
    {
      purpose: "For a guest of Firecracker that connects to port 5000 of vsock",
      line: "vfs-server -m /workspace=. --socket ./v.sock --vsock-port 5000",
    },
  ],
  run: async ({ runtime, flags }) => {
    const settings = await serveSettings(runtime, flags);
    const { logFormat: format, quiet } = settings;
    const log = new Log(runtime, { format, quiet });
    try {
      const onNotice = once((notice) => log.write("info", "notice", notice));
      const mounts = settings.mounts.map((mount) => openMount(runtime, onNotice, mount));
      const router = new MountRouter(mounts.map(({ path, provider }) => [path, provider] as const));
      const interception = await intercept(runtime, log, settings, router);
      try {
        return await runServer({ runtime, log, settings, mounts, interception });
      } finally {
        await interception.close();
      }
    } finally {
      await log.flush();
    }
  },
});

/** Every directory misses the same on the same host: it is said once. */
function once(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    tell(text);
  };
}
