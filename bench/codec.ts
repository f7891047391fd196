/**
 * The codec beside cbor-x, cborg and, where it can be loaded, @std/cbor: nanoseconds of the processor for
 * a message.
 *
 *     deno run -A bench/codec.ts
 *     bun bench/codec.ts
 *     node bench/codec.ts
 *
 * All of them turn the same messages into bytes and the same bytes into messages, which is looked at
 * before it is timed; ours writes frames, which are four bytes longer. They take turns in another
 * order each round. `ROUNDS` sets the number of rounds (default 9), `ROUND_MS` the time for each row
 * in a round (default 20).
 *
 * @module
 */

import assert from "node:assert/strict";
import process from "node:process";
import { median, table } from "./_bench_report.ts";
import { type Codec, CODECS, type Message, MESSAGES } from "./_codec_contenders.ts";
import { runtimeName } from "./_runtime_name.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? 9);
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 20);
const OURS = "ours";

async function contenders(): Promise<Map<string, Codec>> {
  const found = new Map<string, Codec>();
  for (const [name, load] of Object.entries(CODECS)) {
    try {
      found.set(name, await load());
    } catch {
      console.log(`Skipped ${name}: it cannot be loaded here`);
    }
  }
  return found;
}

/** Nanoseconds of the processor for one call: what else the machine does disturbs that less. */
function time(operation: () => unknown): number {
  const start = process.cpuUsage();
  let count = 0;
  let micros = 0;
  do {
    for (let i = 0; i < 200; i++) operation();
    count += 200;
    const { user, system } = process.cpuUsage(start);
    micros = user + system;
  } while (micros < ROUND_MS * 1000);
  return micros * 1000 / count;
}

interface Row {
  readonly label: string;
  readonly operations: Map<string, () => unknown>;
  readonly times: Map<string, number[]>;
}

function rowsOf(codecs: Map<string, Codec>): Row[] {
  const encoders: Row[] = [];
  const decoders: Row[] = [];
  for (const message of MESSAGES) {
    const bytes = check(codecs, message);
    const row = (verb: string, make: (codec: Codec) => () => unknown): Row => {
      const entries = [...codecs].map(([name, codec]) => [name, make(codec)] as const);
      return {
        label: `${verb} ${message.name}`,
        operations: new Map(entries),
        times: new Map(entries.map(([name]) => [name, []])),
      };
    };
    encoders.push(row("encode", (codec) => () => codec.encode(message)));
    decoders.push(row("decode", (codec) => () => codec.decode(message, bytes)));
  }
  return [...encoders, ...decoders];
}

/** Looks whether everybody writes and reads the message alike, and gives its bytes. */
function check(codecs: Map<string, Codec>, message: Message): Uint8Array {
  const bytes = codecs.get(OURS)!.encode(message).slice();
  for (const [name, codec] of codecs) {
    const own = codec.encode(message);
    for (const each of [own.slice(), bytes]) {
      const found = codec.decode(message, each) as Record<string, unknown>;
      for (const [field, value] of Object.entries(message.value)) {
        assert.deepEqual(plain(found[field]), plain(value), `${name} of ${message.name}: ${field}`);
      }
    }
  }
  return bytes;
}

/** Without the classes that values have. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" && value !== null ? { ...value } : value;
}

function measure(rows: readonly Row[]): void {
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { operations, times } of rows) {
      for (const [name, operation] of [...operations].sort(() => Math.random() - 0.5)) {
        const taken = time(operation);
        // The first round is for whoever compiles while running.
        if (round > 0) times.get(name)!.push(taken);
      }
    }
  }
}

function report(rows: readonly Row[], names: readonly string[]): string {
  const cells = rows.map(({ label, times }) => [
    label,
    ...names.map((name) => {
      const taken = times.get(name)!;
      const text = `${Math.round(median(taken)).toLocaleString("en")} ns`;
      if (name === OURS) return text;
      const ratios = taken.map((theirs, i) => theirs / times.get(OURS)![i]!);
      return `${text}, **${median(ratios).toFixed(1)}x**`;
    }),
  ]);
  return table(["", ...names], cells);
}

const codecs = await contenders();
const rows = rowsOf(codecs);
measure(rows);
console.log(`How many times as long as ours the others take, ${runtimeName}:\n`);
console.log(report(rows, [...codecs.keys()]));
