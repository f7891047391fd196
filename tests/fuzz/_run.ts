import assert from "node:assert/strict";
import { env } from "node:process";
import { figures, saidOf } from "../_figures.ts";
import { Random } from "../_random.ts";
import { converse, newTally, type Tally } from "./_conversation.ts";
import { holdSessions } from "./_sessions.ts";

/** What conversations there are, in turns: each version by itself, and many guests at a time. */
const KINDS = [1, 2, "sessions"] as const;

/** The most frames of a conversation of each kind. */
const MOST = { 1: 2000, 2: 2000, sessions: 200 };

/** How much larger the heap may be at the end than after a tenth of the way, in MiB. */
const MOST_GROWTH = 8;

/** How long to fuzz, and where to begin. */
export interface FuzzOptions {
  readonly seed: number;
  /** How many frames. */
  readonly frames: number;
  /** For how long instead, in seconds. */
  readonly seconds: number;
  /** Told how it is, ten times on the way. */
  readonly onProgress?: (line: string) => void;
}

/** Reads the options from the environment. */
export function fuzzOptions(): FuzzOptions {
  const seconds = Number(env["FUZZ_SECONDS"] ?? 0);
  return {
    seconds,
    frames: seconds > 0 ? Infinity : Number(env["FUZZ_FRAMES"] ?? 10_000),
    seed: Number(env["FUZZ_SEED"] ?? Date.now() % 2 ** 31),
  };
}

/** Holds conversations in both versions, and says in a line what came of it. */
export async function fuzz({ seed, frames, seconds, onProgress }: FuzzOptions): Promise<string> {
  const tally = newTally();
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  /** How much of it is done. */
  const share = () => seconds > 0 ? elapsed() / seconds : tally.frames / frames;
  let tenths = 0;
  let early: number | undefined;
  for (let i = 0; share() < 1; i++) {
    const kind = KINDS[i % KINDS.length]!;
    const random = new Random(seed + i * 7919);
    const most = Math.min(MOST[kind], frames - tally.frames);
    try {
      if (kind === "sessions") await holdSessions(random, most, tally);
      else await converse(random, kind, most, tally);
    } catch (error) {
      throw new Error(`FUZZ_SEED=${seed}: conversation ${i}, ${kind}`, { cause: error });
    }
    if (onProgress === undefined || share() * 10 < tenths + 1) continue;
    tenths++;
    const now = figures();
    early ??= now.heap;
    onProgress(`${tally.frames} frames, ${elapsed().toFixed(0)} s, ${saidOf(now)}`);
    assert.ok(now.heap <= early + MOST_GROWTH, `the heap grew from ${early} to ${now.heap} MiB`);
  }
  assert.ok(tally.errnos.size > 10);
  return `seed ${seed}, ${elapsed().toFixed(1)} s: ${described(tally)}`;
}

function described({ frames, conversations, spoilt, resumed, notices, errnos }: Tally): string {
  return `${frames} frames, ${conversations} conversations, ${spoilt} spoilt frames, ` +
    `${resumed} sessions resumed, ${notices} changes told, ${errnos.size} different answers`;
}
