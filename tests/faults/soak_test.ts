/**
 * A server that goes on and on. `VFS_SOAK` says for how many seconds (86400 is a day): it then says
 * every minute how it is, and looks at the memory from ten minutes on. Without it, a few rounds.
 */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process, { env } from "node:process";
import { test } from "node:test";
import { RemoteProvider, VfsClient } from "../../src/client/mod.ts";
import { O_APPEND, O_CREAT, O_RDWR, type Provider, VfsError } from "../../src/fs/mod.ts";
import { hook, HookEngine, InterceptProvider } from "../../src/hooks/mod.ts";
import { MemoryProvider, MountRouter } from "../../src/providers/mod.ts";
import { VfsServer } from "../../src/server/mod.ts";
import { Peer } from "../_peer.ts";
import { Random } from "../_random.ts";
import { adapter, runtime } from "../_runtime.ts";

const SECONDS = Number(env["VFS_SOAK"] ?? 0);
/** A round is so many guests, one behind the other, in each of so many places at once. */
const [GUESTS, PLACES] = [10, 4];
/** How many names there are in a directory. */
const NAMES = 8;

/** How many descriptors are open below a directory. Those of other tests come and go. */
function descriptors(directory: string): number {
  return readdirSync("/proc/self/fd").filter((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`).startsWith(directory);
    } catch {
      return false; // The one that listed them.
    }
  }).length;
}

function mebibytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

/** Uses a tree as guests do: some of it fails, and is meant to. */
async function use(files: Provider, random: Random): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const path = `/${random.pick(["real", "memory"])}/${random.below(NAMES)}`;
    try {
      switch (random.below(7)) {
        case 0:
          await files.mkdir(path, 0o755);
          break;
        case 1:
          await files.rename(path, `/real/${random.below(NAMES)}`);
          break;
        case 2:
          await files.removeAll(path);
          break;
        case 3:
          await files.readDir(path);
          break;
        default: {
          const file = await files.open(path, O_RDWR | O_CREAT | O_APPEND, 0o644);
          await file.writeAt(new Uint8Array(random.below(5000)), 0);
          await file.readAt(new Uint8Array(10_000), 0);
          // Every other handle is left to the end of the connection.
          if (random.below(2) === 0) await file.close();
        }
      }
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
    }
  }
}

/** One guest comes, does something, and goes: politely, or not. */
async function visit(socket: string, random: Random): Promise<void> {
  if (random.below(4) === 0) {
    const peer = new Peer(await runtime.connect(socket));
    await peer.ask("create", { path: `/real/${random.below(NAMES)}`, mode: 0o644 });
    await peer.ask("readdir", { path: "/real" });
    peer.transport.destroy();
    await peer.gone;
    return;
  }
  const client = await VfsClient.connect(() => runtime.connect(socket));
  await use(new RemoteProvider(client), random);
  await client.close();
}

test("fault 119: after any number of guests, descriptors, handles and memory are as before", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vfs-soak-"));
  const socket = join(directory, "s");
  const tree = join(directory, "tree");
  const engine = new HookEngine([
    hook({ ops: ["mkdir"], before: () => new Promise<void>((resolve) => setTimeout(resolve)) }),
    hook({ ops: ["write"], async: true, after: () => {} }),
  ]);
  mkdirSync(tree);
  const router = new MountRouter({
    "/real": runtime.openDirectory(tree),
    "/memory": new MemoryProvider({ limit: 16 << 20 }),
  });
  const server = new VfsServer(new InterceptProvider(router, engine));
  const stop = await adapter.serveUnixBackground(server, socket);
  let seed = 1;
  const round = async () => {
    await Promise.all(Array.from({ length: PLACES }, async () => {
      for (let i = 0; i < GUESTS; i++) await visit(socket, new Random(seed++));
    }));
    while (server.stats().connections > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await engine.wait();
    const { handles, parked } = server.stats();
    assert.deepEqual([handles, parked], [0, 0]);
    return descriptors(directory);
  };
  try {
    const started = performance.now();
    const seconds = () => Math.floor((performance.now() - started) / 1000);
    const memory: number[] = [];
    for (let i = 0; i < 2 || seconds() < SECONDS; i++) {
      // The root and the directories below it may stay open for the next time, and nothing else.
      const open = await round();
      assert.ok(open <= 1 + NAMES, `${open} descriptors`);
      if (seconds() < (memory.length + 1) * 60) continue;
      memory.push(mebibytes());
      const { requests, accepted } = server.stats();
      console.log(`${seconds()} s: ${accepted} guests, ${requests} requests, ${memory.at(-1)} MiB`);
    }
    // A collector that has room takes its time: of minutes alone nothing can be told, of hours it can.
    const half = memory.length >> 1;
    const most = (part: number[]) => Math.max(0, ...part);
    const grown = most(memory.slice(half)) - most(memory.slice(0, half));
    assert.ok(half < 5 || grown < 100, `${memory.join(", ")} MiB`);
  } finally {
    await stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
