/**
 * What the protocol costs, version 1 beside version 2.
 *
 *     deno run -A bench/protocol.ts
 *     bun bench/protocol.ts
 *     node bench/protocol.ts
 *
 * First the server alone: frames in, frames out, without a socket, by the time of the processor. Then
 * a client and a server in two processes over a Unix socket, with 1, 8, 32 and 128 requests in
 * flight. Medians of five rounds of `ROUND_MS` (default 200) each. Over the socket every answer is
 * checked; alone the first one is, and after that their number and length, and that none is an error.
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
  Decoder,
  encodeFrame,
  FrameWriter,
  type Int64,
  newResponse,
  newResponse2,
  OP,
  type OperationName,
  REQUEST,
  REQUEST_2,
  RESPONSE,
  RESPONSE_2,
} from "../src/protocol/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { type Receiver, type Transport, VfsServer } from "../src/server/mod.ts";
import { adapter } from "./_protocol_runtime.ts";

const ROUNDS = 5;
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 200);
const DEPTHS = [1, 8, 32, 128];
const PATH = "/dir/file.txt";
const BLOCK = 4096;

/** What is looked at in an answer of either version. */
interface Answer {
  readonly attr?: { readonly size: Int64 } | undefined;
  readonly stat?: { readonly size: Int64 } | undefined;
  readonly data: Uint8Array;
  readonly written: Int64;
}

/** What is asked, and what a good answer has. */
interface Row {
  readonly name: string;
  readonly op: OperationName;
  readonly fields: (fh: Int64) => object;
  readonly isGood: (answer: Answer) => boolean;
}

const SIZE = 1 << 20;
const ROWS: readonly Row[] = [
  {
    name: "getattr",
    op: "getattr",
    fields: () => ({ path: PATH }),
    isGood: ({ attr, stat }) => (attr ?? stat)?.size === SIZE,
  },
  {
    name: "read of 4 KiB",
    op: "read",
    fields: (fh) => ({ fh, sz: BLOCK }),
    isGood: ({ data }) => data.length === BLOCK,
  },
  {
    name: "write of 4 KiB",
    op: "write",
    fields: (fh) => ({ fh, data: new Uint8Array(BLOCK) }),
    isGood: ({ written }) => written === BLOCK,
  },
];

/** Takes what the server sends, and nothing else. */
class Sink implements Transport {
  readonly peer = "bench";
  bytes = 0;
  isKeeping = true;
  /** What was sent last, as long as that is wanted. */
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
    if (this.isKeeping) this.last = bytes.slice();
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
  provider.writeFile(PATH, new Uint8Array(SIZE));
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
  for (const { name, op, fields: fieldsOf, isGood } of ROWS) {
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
    send(op, fields);
    if (!isGood(answerIn(version, sink.last))) throw new Error(`A wrong answer to ${name}`);
    const answerBytes = sink.last.length;
    sink.isKeeping = false;
    const rates: number[] = [];
    for (const depth of DEPTHS) {
      let batches = 0;
      const before = { requests: server.stats().requests, bytes: sink.bytes };
      const all = processorRate(() => {
        send(op, fields, depth);
        batches++;
        return depth;
      });
      // Ids grow longer on the way, and so do the answers that carry them.
      const answered = server.stats().requests - before.requests;
      if (answered !== batches * depth || sink.bytes - before.bytes < answered * answerBytes) {
        throw new Error(`Answers to ${name} are missing`);
      }
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

/** The answer in a frame. */
function answerIn(version: 1 | 2, frame: Uint8Array): Answer {
  const answer = version === 1 ? newResponse() : newResponse2();
  const kind = version === 1 ? RESPONSE : RESPONSE_2;
  new Decoder().decode(frame, 4, frame.length, kind, answer);
  return answer;
}

async function overSocket(path: string, version: 1 | 2): Promise<void> {
  const client = await VfsClient.connect(() => adapter.runtime.connect(path), { version });
  const fh = await client.call("open", { path: PATH, flags: O_RDWR }, (answer) => answer.fh);
  for (const { name, op, fields, isGood } of ROWS) {
    const once = () =>
      client.call(op, { ...fields(fh) }, (answer) => {
        if (!isGood(answer)) throw new Error(`A wrong answer to ${name}`);
      });
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
