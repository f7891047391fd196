/**
 * What interception costs: in process for each operation, and through a Unix socket at depth 1, with
 * one request in flight.
 *
 *     deno run -A bench/hooks.ts
 *     bun bench/hooks.ts
 *     node bench/hooks.ts
 *
 * The variants take turns, round by round, so that whatever else the machine does meets all of them;
 * a figure is the median of its rounds, a percentage the median of the rounds compared one by one.
 * What is measured is processor time of this process (both ends of the socket are in it), which other
 * programs disturb less than time on the wall; that is given beside it. The last lines hold what an
 * engine without a match adds in process, which is steady, against a whole request, which is not.
 * `ROUNDS` sets their number (default 31), `ROUND_MS` the time for each (default 40).
 *
 * @module
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { RemoteProvider, VfsClient } from "../src/client/mod.ts";
import { type Handle, O_RDONLY, O_RDWR, type Provider } from "../src/fs/mod.ts";
import {
  deny,
  hide,
  hook,
  HookEngine,
  type HookSource,
  InterceptProvider,
  readOnly,
} from "../src/hooks/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? 31);
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 40);
const PATH = "/workspace/src/index.ts";
const CHUNK = 4096;
const NOTHING = "no engine";
const NO_MATCH = "rules without a match";

/** An engine, and what to do with it before the next one has its turn. */
interface Variant {
  readonly provider: Provider;
  readonly engine?: HookEngine;
}

function behind(...hooks: HookSource[]): Variant {
  const engine = new HookEngine(hooks);
  return { provider: new InterceptProvider(tree(), engine), engine };
}

function tree(): MemoryProvider {
  const files = new MemoryProvider();
  files.mkdirAll("/workspace/src", 0o755);
  files.writeFile(PATH, new Uint8Array(1 << 20));
  return files;
}

function variants(): Record<string, Variant> {
  const heard = behind();
  heard.engine!.events({ limit: 1000 });
  return {
    [NOTHING]: { provider: tree() },
    "an engine without rules": behind(),
    [NO_MATCH]: behind(
      deny(["/workspace/secret", "/etc"]),
      hide([".env*", "**/.ssh/**"]),
      readOnly("/lib/**"),
    ),
    "one matching allow rule": behind({ pathPattern: "/workspace/**", action: "allow" }),
    "one matching function": behind(hook({ pathPattern: "/workspace/**", before: () => {} })),
    "one asynchronous hook": behind(
      hook({ pathPattern: "/workspace/**", async: true, after: () => {} }),
    ),
    "events for a reader": heard,
  };
}

/** The time for one operation, in nanoseconds. */
interface Time {
  /** Of the processor. */
  readonly busy: number;
  /** On the wall. */
  readonly wall: number;
}

/** Does an operation for a while. */
function timeSync(operation: () => unknown): Time {
  return timed((repeat) => {
    for (let i = 0; i < repeat; i++) operation();
  }) as Time;
}

function timeAsync(operation: () => PromiseLike<unknown>): Promise<Time> {
  return timed(async (repeat) => {
    for (let i = 0; i < repeat; i++) await operation();
  }) as Promise<Time>;
}

const BATCH = 200;

function timed(batch: (repeat: number) => Promise<void> | void): Promise<Time> | Time {
  const start = performance.now();
  const { user, system } = process.cpuUsage();
  let count = 0;
  const result = (): Time => {
    const used = process.cpuUsage();
    const busy = (used.user - user + used.system - system) * 1000 / count;
    return { busy, wall: (performance.now() - start) * 1e6 / count };
  };
  const isOver = () => {
    count += BATCH;
    return performance.now() - start >= ROUND_MS;
  };
  const goOn = async (first: Promise<void>) => {
    await first;
    while (!isOver()) await batch(BATCH);
    return result();
  };
  for (;;) {
    const pending = batch(BATCH);
    if (pending !== undefined) return goOn(pending);
    if (isOver()) return result();
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Nobody shall always come after somebody who leaves much to tidy up. */
function shuffled<T>(items: T[]): T[] {
  return items.map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** Times an operation of every variant, in turns, prints a row for each, and gives the medians. */
async function compare(
  label: string,
  operations: Record<string, () => Time | Promise<Time>>,
  settle: (name: string) => Promise<unknown> | undefined,
): Promise<Record<string, number>> {
  const times: Record<string, Time[]> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, operation] of shuffled(Object.entries(operations))) {
      const time = await operation();
      await settle(name);
      // The first round warms up.
      if (round > 0) (times[name] ??= []).push(time);
    }
  }
  const medians: Record<string, number> = {};
  const base = times[NOTHING]!;
  console.log(`\n${label}`);
  for (const name of Object.keys(operations)) {
    const each = times[name]!;
    medians[name] = median(each.map((time) => time.busy));
    const busy = medians[name].toFixed(0).padStart(9);
    const wall = median(each.map((time) => time.wall)).toFixed(0).padStart(9);
    const share = (median(each.map((time, i) => time.busy / base[i]!.busy)) - 1) * 100;
    const percent = `${share >= 0 ? "+" : ""}${share.toFixed(1)} %`.padStart(11);
    console.log(`  ${name.padEnd(26)}${busy} ns${percent}${wall} ns on the wall`);
  }
  return medians;
}

async function inProcess(): Promise<Record<"stat" | "open" | "read", Record<string, number>>> {
  const all = variants();
  const settle = (name: string) => all[name]!.engine?.wait();
  const each = (make: (provider: Provider) => () => unknown) =>
    Object.fromEntries(
      Object.entries(all).map(([name, { provider }]) => {
        const operation = make(provider);
        return [name, () => timeSync(operation)];
      }),
    );
  // A fresh text each time, as it comes off a wire.
  const path = () => `/workspace/src/index.${"ts"}`;
  const stat = await compare(
    "stat, in process",
    each((provider) => () => provider.lookup(path())),
    settle,
  );
  const open = await compare(
    "open and close, in process",
    each((provider) => () => (provider.open(path(), O_RDONLY) as Handle).close()),
    settle,
  );
  const buffer = new Uint8Array(CHUNK);
  const read = await compare(
    "read of 4 KiB, in process",
    each((provider) => {
      const handle = provider.open(PATH, O_RDWR) as Handle;
      return () => handle.readAt(buffer, 0);
    }),
    settle,
  );
  await compare(
    "write of 4 KiB, in process",
    each((provider) => {
      const handle = provider.open(PATH, O_RDWR) as Handle;
      return () => handle.writeAt(buffer, 0);
    }),
    settle,
  );
  return { stat, open, read };
}

/** A variant behind a socket of its own. */
interface Served {
  readonly remote: RemoteProvider;
  end(): Promise<void>;
}

async function serve(provider: Provider, path: string): Promise<Served> {
  const name = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
  const { runtime, serveUnixBackground } = await import(`../adapters/${name}.ts`);
  const server = new VfsServer(provider);
  const stop = await serveUnixBackground(server, path);
  const client = await VfsClient.connect(() => runtime.connect(path));
  const end = async () => {
    await client.close();
    await stop();
    await server.stop();
  };
  return { remote: new RemoteProvider(client), end };
}

/**
 * Times an operation of every variant through a socket. One connection may be slower than another
 * for as long as it lives, by more than what is measured here: so every round has new ones.
 */
async function throughSocket(
  label: string,
  operation: (remote: RemoteProvider) => Promise<() => Promise<unknown>>,
): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-bench-"));
  const all = Object.entries(variants());
  try {
    return await compare(
      label,
      Object.fromEntries(all.map(([name, { provider }]) => [name, async () => {
        const { remote, end } = await serve(provider, join(directory, "socket"));
        try {
          const once = await operation(remote);
          for (let i = 0; i < BATCH; i++) await once();
          return await timeAsync(once);
        } finally {
          await end();
        }
      }])),
      (name) => Object.fromEntries(all)[name]!.engine?.wait(),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Holds what the engine adds in process against a request through a socket. */
function printShare(
  label: string,
  inProcess: Record<string, number>,
  request: Record<string, number>,
): void {
  const added = inProcess[NO_MATCH]! - inProcess[NOTHING]!;
  const whole = request[NOTHING]!;
  const percent = (added / whole * 100).toFixed(1);
  console.log(
    `${label} at depth 1: rules without a match add ${added.toFixed(0)} ns to the ` +
      `${(whole / 1000).toFixed(1)} us of the request, ${percent} %`,
  );
}

const inside = await inProcess();
const stats = await throughSocket(
  "stat, through a socket at depth 1 (client and server in one process)",
  (remote) => Promise.resolve(() => Promise.resolve(remote.lookup(PATH))),
);
const opens = await throughSocket(
  "open and close, through a socket at depth 1",
  (remote) =>
    Promise.resolve(async () => {
      await (await remote.open(PATH, O_RDONLY)).close();
    }),
);
const reads = await throughSocket(
  "read of 4 KiB, through a socket at depth 1",
  async (remote) => {
    const handle = await remote.open(PATH, O_RDONLY);
    const buffer = new Uint8Array(CHUNK);
    return () => Promise.resolve(handle.readAt(buffer, 0));
  },
);
console.log("");
printShare("stat", inside.stat, stats);
printShare("open and close", inside.open, opens);
printShare("read of 4 KiB", inside.read, reads);
