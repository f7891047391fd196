import assert from "node:assert/strict";
import process, { env } from "node:process";
import { Random } from "../_random.ts";
import { converse, type Tally } from "./_conversation.ts";

/** How long to fuzz, and where to begin. */
export interface FuzzOptions {
  readonly seed: number;
  /** How many frames. */
  readonly frames: number;
  /** For how long instead, in seconds. */
  readonly seconds: number;
}

/** Reads the options from the environment. */
export function fuzzOptions(): FuzzOptions {
  const seconds = Number(env["FUZZ_SECONDS"] ?? 0);
  return {
    seconds,
    frames: seconds > 0 ? Infinity : Number(env["FUZZ_FRAMES"] ?? 20_000),
    seed: Number(env["FUZZ_SEED"] ?? Date.now() % 2 ** 31),
  };
}

/** Holds conversations in both versions, and says in a line what came of it. */
export async function fuzz({ seed, frames, seconds }: FuzzOptions): Promise<string> {
  const tally: Tally = { frames: 0, conversations: 0, spoilt: 0, errnos: new Map() };
  const started = performance.now();
  const before = memory();
  const isOver = () => seconds > 0 && performance.now() - started > seconds * 1000;
  for (let i = 0; tally.frames < frames && !isOver(); i++) {
    const version = i % 2 === 0 ? 1 : 2;
    const random = new Random(seed + i * 7919);
    try {
      await converse(random, version, Math.min(2000, frames - tally.frames), tally);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}: conversation ${i}, version ${version}`, { cause: error });
    }
  }
  const took = (performance.now() - started) / 1000;
  assert.ok(tally.errnos.size > 10);
  return `seed ${seed}, ${tally.frames} frames, ${tally.conversations} conversations, ` +
    `${tally.spoilt} spoilt frames, ${tally.errnos.size} different answers, ` +
    `${took.toFixed(1)} s, ${before} MiB before and ${memory()} MiB after`;
}

function memory(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}
