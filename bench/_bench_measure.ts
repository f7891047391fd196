import { mkdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { type Case, nameOf } from "./_bench_cases.ts";
import type { Contender, Tree } from "./_bench_contenders.ts";
import { load, Server } from "./_bench_process.ts";
import { prepare, type Sizes, verify } from "./_bench_tree.ts";
import { OP, WireClient } from "./_bench_wire.ts";

/** What one run of the generator shows. */
export interface Sample {
  /** Requests a second. */
  readonly rate: number;
  /** Latencies, in microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the server for a request, in microseconds. */
  readonly cpu: number;
}

/** Samples by the name of the case, and by contender; echo servers are called `echo NAME`. */
export type Samples = Record<string, Record<string, Sample[]>>;

/** Resident bytes by contender. */
export type Memory = Record<string, { rest: number; connections: number; handles: number }>;

/** How long and how often. */
export interface Effort {
  readonly rounds: number;
  readonly milliseconds: number;
}

interface Running {
  readonly contender: Contender;
  readonly servers: Map<Tree | "echo", { server: Server; socket: string }>;
  sizes: Sizes;
}

/** Starts all servers, and looks whether they answer what they should. */
async function startAll(contenders: readonly Contender[], out: string): Promise<Running[]> {
  const all: Running[] = [];
  for (const contender of contenders) {
    const running: Running = { contender, servers: new Map(), sizes: {} };
    for (const kind of ["memory", "directory", "echo"] as const) {
      const socket = join(out, `${contender.name}-${kind}.sock`);
      const root = join(out, `${contender.name}-root`);
      mkdirSync(root, { recursive: true });
      const command = kind === "echo"
        ? contender.echo(socket)
        : contender.serve(kind, socket, root);
      if (command === undefined) continue;
      const server = await Server.start(command);
      running.servers.set(kind, { server, socket });
      if (kind === "echo") continue;
      await prepare(socket);
      running.sizes = await verify(socket);
    }
    all.push(running);
  }
  return all;
}

/** Measures the cases: all contenders take turns, in another order each time. */
export async function measure(
  cases: readonly Case[],
  contenders: readonly Contender[],
  program: string,
  out: string,
  effort: Effort,
): Promise<Samples> {
  const samples: Samples = {};
  const all = await startAll(contenders, out);
  try {
    // The first round is for whoever compiles while running.
    for (let round = 0; round <= effort.rounds; round++) {
      for (const [i, each] of cases.entries()) {
        progress(round, effort.rounds, i, cases.length);
        for (const turn of shuffled(turnsOf(each, all))) {
          const sample = await once(each, turn, program, effort.milliseconds);
          if (round === 0) continue;
          ((samples[nameOf(each)] ??= {})[turn.name] ??= []).push(sample);
        }
      }
    }
  } finally {
    for (const { servers } of all) for (const { server } of servers.values()) await server.stop();
    progress(0, 0, 0, 0);
  }
  return samples;
}

interface Turn {
  readonly name: string;
  readonly server: Server;
  readonly socket: string;
  readonly args: readonly string[];
}

function turnsOf(each: Case, all: readonly Running[]): Turn[] {
  const turns: Turn[] = [];
  for (const { contender: { name }, servers, sizes } of all) {
    const served = servers.get(each.tree);
    if (served !== undefined) turns.push({ name, ...served, args: [each.row] });
    const echo = each.echo ? servers.get("echo") : undefined;
    const { request, answer } = sizes[each.row] ?? { request: 0, answer: 0 };
    const args = ["echo", "-q", String(request), "-r", String(answer)];
    if (echo !== undefined) turns.push({ name: `echo ${name}`, ...echo, args });
  }
  return turns;
}

async function once(each: Case, turn: Turn, program: string, ms: number): Promise<Sample> {
  const before = turn.server.cpu();
  const result = await load(program, [
    turn.socket,
    ...turn.args,
    ...["-d", String(each.depth), "-c", String(each.connections)],
    ...["-t", String(ms), "-w", String(ms >> 2)],
    ...(each.streams ? ["-s"] : []),
  ]);
  const cpu = turn.server.cpu() - before;
  return {
    rate: result.requests / result.seconds,
    p50: result.p50 / 1000,
    p99: result.p99 / 1000,
    cpu: cpu / result.all / 1000,
  };
}

const CONNECTIONS = 64;
const HANDLES = 100_000;
const AT_ONCE = 1000;

/** Resident memory of fresh servers: at rest, with 64 connections, with 100,000 open handles. */
export async function measureMemory(
  contenders: readonly Contender[],
  out: string,
): Promise<Memory> {
  const memory: Memory = {};
  for (const contender of contenders) {
    const socket = join(out, `${contender.name}-rss.sock`);
    const server = await Server.start(contender.serve("memory", socket, "")!);
    try {
      const rest = server.resident();
      const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => dial(socket)));
      const client = await WireClient.connect(socket);
      const { fh } = await client.ok({ op: OP.create, path: "/f", mode: 0o644 });
      await client.ok({ op: OP.release, fh });
      const connections = server.resident();
      for (let i = 0; i < HANDLES; i += AT_ONCE) {
        const open = () => client.ok({ op: OP.open, path: "/f" });
        await Promise.all(Array.from({ length: AT_ONCE }, open));
      }
      memory[contender.name] = { rest, connections, handles: server.resident() };
      client.close();
      for (const each of sockets) each.destroy();
    } finally {
      await server.stop();
    }
  }
  return memory;
}

async function dial(path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

function shuffled<T>(list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}

function progress(round: number, rounds: number, i: number, count: number): void {
  if (!process.stderr.isTTY) return;
  const text = rounds === 0 ? "" : `round ${round} of ${rounds}, case ${i + 1} of ${count}`;
  process.stderr.write(`\r\x1b[K${text}`);
}
