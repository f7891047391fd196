/**
 * What the protocol costs, version 1 beside version 2.
 *
 *     deno run -A bench/protocol.ts
 *     bun bench/protocol.ts
 *     node bench/protocol.ts
 *
 * First the server alone: frames in, frames out, without a socket, by the time of the processor. Then a client and a server in two
 * processes over a Unix socket, with 1, 8, 32 and 128 requests in flight. Medians of five rounds of
 * `ROUND_MS` (default 200) each; every answer is checked before anything is measured.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { VfsClient } from "../src/client/mod.ts";
import { O_RDWR } from "../src/fs/mod.ts";
import {
  encodeFrame,
  FrameWriter,
  type Int64,
  OP,
  type OperationName,
  REQUEST,
  REQUEST_2,
} from "../src/protocol/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { type Receiver, type Transport, VfsServer } from "../src/server/mod.ts";
import { adapter } from "./_protocol_runtime.ts";

const ROUNDS = 5;
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 200);
const DEPTHS = [1, 8, 32, 128];
const PATH = "/dir/file.txt";
const BLOCK = 4096;

const OPERATIONS: readonly (readonly [string, OperationName, (fh: Int64) => object])[] = [
  ["getattr", "getattr", () => ({ path: PATH })],
  ["read of 4 KiB", "read", (fh) => ({ fh, sz: BLOCK })],
  ["write of 4 KiB", "write", (fh) => ({ fh, data: new Uint8Array(BLOCK) })],
];

/** Takes what the server sends, and nothing else. */
class Sink implements Transport {
  readonly peer = "bench";
  bytes = 0;
  last: Uint8Array = new Uint8Array(0);
  #receiver!: Receiver;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  deliver(chunk: Uint8Array): void {
    this.#receiver.receive(chunk);
  }

  write(bytes: Uint8Array): boolean {
    this.bytes += bytes.length;
    this.last = bytes.slice(0, 64);
    return true;
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    this.#receiver.closed();
  }
}

function tree(): MemoryProvider {
  const provider = MemoryProvider.from({ "dir": {} });
  provider.writeFile(PATH, new Uint8Array(1 << 20));
  return provider;
}

/** The median of some rounds, in operations a second of the clock. */
async function rate(round: () => number | Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const start = performance.now();
    let count = 0;
    do count += await round(); while (performance.now() - start < ROUND_MS);
    // The first round warms up.
    if (i > 0) rates.push(count / (performance.now() - start) * 1000);
  }
  return rates.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

/** The same in operations a second of the processor, whatever else the machine does. */
function processorRate(round: () => number): number {
  const rates: number[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const start = performance.now();
    const before = process.cpuUsage();
    let count = 0;
    do {
      for (let j = 0; j < 20; j++) count += round();
    } while (performance.now() - start < ROUND_MS);
    const { user, system } = process.cpuUsage(before);
    if (i > 0) rates.push(count / (user + system) * 1e6);
  }
  return rates.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

function line(name: string, rates: readonly number[]): void {
  const cells = rates.map((each) =>
    `${Math.round(each).toLocaleString("en").padStart(12)}${(1e6 / each).toFixed(2).padStart(8)} us`
  );
  console.log(name.padEnd(28) + cells.join(""));
}

/** One batch of frames a call; ids count on, so the frames of version 2 are written anew. */
async function serverAlone(version: 1 | 2): Promise<void> {
  for (const [name, op, fieldsOf] of OPERATIONS) {
    const server = new VfsServer(tree());
    const sink = new Sink();
    void server.handleConnection(sink);
    const writer = new FrameWriter();
    const kind = version === 1 ? REQUEST : REQUEST_2;
    let id = 0;
    const send = (operation: OperationName, fields: object, count = 1): void => {
      for (let i = 0; i < count; i++) {
        encodeFrame(writer, kind, { op: OP[operation], id: ++id, ...fields });
      }
      sink.deliver(writer.lend());
      writer.settle();
    };
    if (version === 2) send("hello", { version: 2 });
    send("open", { path: PATH, flags: O_RDWR });
    const fields = fieldsOf(1);
    const before = sink.bytes;
    send(op, fields);
    if (sink.bytes === before) throw new Error(`No answer to ${name}`);
    const rates: number[] = [];
    for (const depth of DEPTHS) {
      const all = processorRate(() => {
        send(op, fields, depth);
        return depth;
      });
      const encoding = processorRate(() => {
        for (let i = 0; i < depth; i++) {
          encodeFrame(writer, kind, { op: OP[op], id: ++id, ...fields });
        }
        writer.lend();
        writer.settle();
        return depth;
      });
      // What the client's side of it cost is not the server's.
      rates.push(1 / (1 / all - 1 / encoding));
    }
    line(`v${version} ${name}`, rates);
    const errors = server.stats().errors;
    if (errors > 0) throw new Error(`${errors} errors`);
    sink.destroy();
    await server.stop();
  }
}

async function overSocket(path: string, version: 1 | 2): Promise<void> {
  const client = await VfsClient.connect(() => adapter.runtime.connect(path), { version });
  const fh = await client.call("open", { path: PATH, flags: O_RDWR }, (answer) => answer.fh);
  for (const [name, op, fieldsOf] of OPERATIONS) {
    const once = () => client.call(op, { ...fieldsOf(fh) }, (answer) => answer.data.length);
    if (op === "read" && await once() !== BLOCK) throw new Error("A short read");
    const rates: number[] = [];
    for (const depth of DEPTHS) {
      rates.push(
        await rate(async () => {
          const per = Math.ceil(64 / depth);
          const worker = async (): Promise<void> => {
            for (let i = 0; i < per; i++) await once();
          };
          await Promise.all(Array.from({ length: depth }, worker));
          return per * depth;
        }),
      );
    }
    line(`v${version} ${name}`, rates);
  }
  await client.close();
}

const head = DEPTHS.map((depth) => `depth ${depth}`.padStart(23)).join("");
console.log(`${"server alone".padEnd(28)}${head}`);
for (const version of [1, 2] as const) await serverAlone(version);

const directory = mkdtempSync(join(tmpdir(), "vfs-bench-"));
const path = join(directory, "s");
const script = new URL("./_protocol_server.ts", import.meta.url).pathname;
const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script, path] : [script, path];
const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve) => child.stdout.once("data", resolve));
try {
  console.log(`\n${"over a socket".padEnd(28)}${head}`);
  for (const version of [1, 2] as const) await overSocket(path, version);
} finally {
  child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
}
