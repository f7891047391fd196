import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { MountOptions } from "../../adapters/fuse/mod.ts";
import type { FuseStats } from "../../src/fuse/mod.ts";
import { run } from "./_run.ts";

type ProviderName = keyof typeof import("./_modules.ts");

/** What is mounted: the name of a provider, in a thread of its own or live. */
export type MountKind = ProviderName | `${ProviderName}-live`;

/** What `_server.ts` is told. */
export interface MountOrder {
  readonly kind: MountKind;
  readonly dir: string;
  /** The directory of the host that is served. */
  readonly root?: string;
  readonly options?: MountOptions;
  /** Whether it listens to commands on its standard input. */
  readonly commands?: boolean;
}

/** Something that is mounted by another process. */
export interface Mounted {
  /** Where. */
  readonly dir: string;
  /** The directory of the host that is served, on the native filesystem. */
  readonly root: string;
  /** The process that serves it. */
  readonly server: ChildProcess;
  /** Waits until the server has said something, and gives it. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits for the end of the server, and gives its status; null if a signal ended it. */
  exited(): Promise<number | null>;
  /** Sends a signal to the server. */
  kill(signal: "SIGTERM" | "SIGINT" | "SIGKILL"): void;
  /** Has the server unmount and end, and tells what the session had done and still held. */
  stop(): Promise<FuseStats>;
}

/** A directory for one test, on the native filesystem, with all that it needs in it. */
export async function withScratch(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "vfs-mount-"));
  try {
    await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Mounts something, uses it, and leaves nothing behind, whatever happens. */
export async function withMount(
  kind: MountKind,
  options: MountOptions,
  use: (mounted: Mounted) => Promise<void>,
  commands = false,
): Promise<void> {
  await withScratch(async (scratch) => {
    const dir = join(scratch, "mnt");
    const root = join(scratch, "root");
    await run("mkdir", ["-p", dir, root]);
    let mounted: Mounted | undefined;
    try {
      mounted = await startServer({ kind, dir, root, options, commands });
      await use(mounted);
    } finally {
      await clearAway(dir, mounted?.server);
    }
  });
}

/** Starts a server and waits until it is ready. */
export async function startServer(order: MountOrder): Promise<Mounted> {
  const script = new URL("./_server.ts", import.meta.url).pathname;
  const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script] : [script];
  const server = spawn(process.execPath, [...args, JSON.stringify(order)], {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: "/",
  });
  let output = "";
  let errors = "";
  server.stdin!.on("error", () => {});
  server.stdout!.setEncoding("utf8").on("data", (text: string) => output += text);
  server.stderr!.setEncoding("utf8").on("data", (text: string) => errors += text);
  const end = new Promise<number | null>((resolve) => server.on("close", resolve));
  let ended = false;
  void end.then(() => ended = true);
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (let i = 0; i < 2000; i++) {
      const found = pattern.exec(output);
      if (found !== null) return found;
      if (ended) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`The server does not say ${pattern}: ${output}${errors}`);
  };
  // Not by the child's own method: after it, Deno takes every end for one by the signal.
  const kill = (signal: NodeJS.Signals) => void (ended || process.kill(server.pid!, signal));
  const stop = async (): Promise<FuseStats> => {
    kill("SIGTERM");
    const [, stats] = await says(/^stats (.*)$/m);
    const timer = setTimeout(() => kill("SIGKILL"), 10_000);
    await end;
    clearTimeout(timer);
    return JSON.parse(stats!) as FuseStats;
  };
  await says(/^ready$/m);
  return { dir: order.dir, root: order.root ?? "", server, says, exited: () => end, kill, stop };
}

/** Serves a directory on a socket, in another process, until its standard input ends. */
export async function startHost(socket: string, directory: string): Promise<ChildProcess> {
  const script = new URL("./_host_script.ts", import.meta.url).pathname;
  const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script] : [script];
  const child = spawn(process.execPath, [...args, socket, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  return child;
}

/** Ends the server and takes the mount away, hard if need be. Nothing here touches the mount. */
export async function clearAway(dir: string, server?: ChildProcess): Promise<void> {
  const mounts = () => mountsAt(dir);
  // By force first: whoever waits for an answer gets an error, and can end.
  if (mounts().length > 0) await run("umount", ["-f", dir], { timeout: 5000 });
  if (server !== undefined && server.exitCode === null && server.signalCode === null) {
    const exited = new Promise<void>((resolve) => server.on("close", () => resolve()));
    server.kill("SIGKILL");
    await exited;
  }
  for (let i = 0; i < 20 && mounts().length > 0; i++) await run("umount", ["-l", dir]);
}

/** The devices of the mounts at a place. */
export function mountsAt(dir: string): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8").split("\n")
    .map((line) => line.split(" "))
    .filter((fields) => fields[4] === dir)
    .map((fields) => fields[2]!);
}
