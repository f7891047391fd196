/**
 * What a mount costs: operations a second on a mount of the memory provider on each runtime, against
 * a filesystem in C on libfuse, and tmpfs as the limit. Client and server share one processor, so
 * that what is measured is work, and not how fast a system wakes another processor up.
 *
 *     node bench/fuse.ts
 *
 * Everything is mounted at once, and the contenders take turns of a tenth of a second, so that what
 * else goes on in a machine hits all of them. A ratio is the median of those to C in the same round.
 * Before that come three rounds that do not count, for all alike: of half a second for each
 * operation, and of 250 times `git status`.
 *
 * It needs root, `/dev/fuse`, gcc, `pkg-config` and `libfuse3-dev`. `ROUNDS` sets how often each
 * contender has its turn (default 31), `TURN_MS` how long it takes (default 100), `ONLY` a pattern
 * for the names of contenders, `WHAT` one for operations, `AGAINST` another checkout of this
 * project, to compare with.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Contender, CONTENDERS, type Mounted, mountOne } from "./_fuse_contenders.ts";

const ROUNDS = Number(process.env.ROUNDS ?? 31);
/** The first rounds are for whoever compiles while running, and have longer turns. */
const WARM_UP = 3;
const WARM_UP_TURNS = 5;
/** What consists of many kinds of requests, and few of most of them, takes longer to warm up. */
const WARM_UP_TURNS_OF_GIT = 25;
const TURN_MS = Number(process.env.TURN_MS ?? 100);
const ONLY = new RegExp(process.env.ONLY ?? "");
const WHAT = new RegExp(process.env.WHAT ?? "");

/** What the client can do, and what it is called in the table. */
const OPERATIONS: Readonly<Record<string, string>> = {
  "fstat": "fstat",
  "stat": "stat",
  "open+close": "open+close",
  "create+unlink": "create+unlink",
  "read-4K": "read 4 KiB",
  "write-4K": "write 4 KiB",
  "read-1M": "read 1 MiB",
  "write-1M": "write 1 MiB",
  "git": "git status",
};

function warmUpTurns(operation: string): number {
  return operation === "git" ? WARM_UP_TURNS_OF_GIT : WARM_UP_TURNS;
}

/** Rates by operation and contender, one for each round. */
type Rates = Map<string, Map<string, number[]>>;

function note(rates: Rates, operation: string, contender: string, rate: number): void {
  const row = rates.get(operation) ?? new Map<string, number[]>();
  rates.set(operation, row);
  row.set(contender, [...row.get(contender) ?? [], rate]);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** The median of the ratios to what the first contender did in the same round. */
function ratio(row: ReadonlyMap<string, readonly number[]>, contender: string): number {
  const first = row.values().next().value!;
  return median(row.get(contender)!.map((rate, round) => rate / first[round]!));
}

function printTable(rates: Rates, contenders: readonly Contender[]): void {
  const operations = [...rates.keys()];
  console.log(`| operations a second | ${operations.join(" | ")} |`);
  console.log(`|---|${operations.map(() => "---:|").join("")}`);
  for (const { name } of contenders) {
    const cells = operations.map((operation) => {
      const row = rates.get(operation)!;
      const rate = median(row.get(name)!);
      const figure = rate.toLocaleString("en", { maximumFractionDigits: rate < 100 ? 1 : 0 });
      return name === "C" ? figure : `${figure} (${ratio(row, name).toFixed(2)})`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

const contenders = CONTENDERS.filter(({ name }) => name === "C" || ONLY.test(name));
const scratch = mkdtempSync(join(tmpdir(), "vfs-bench-"));
const mounts: Mounted[] = [];
const rates: Rates = new Map();
try {
  for (const contender of contenders) mounts.push(await mountOne(contender, scratch));
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [operation, title] of Object.entries(OPERATIONS)) {
      if (!WHAT.test(title)) continue;
      for (const { contender, measure } of mounts) {
        const turn = TURN_MS * (round < 0 ? warmUpTurns(operation) : 1);
        const rate = await measure(operation, turn);
        if (round >= 0) note(rates, title, contender.name, rate);
      }
    }
    process.stderr.write(round < 0 ? "." : ` ${round + 1}`);
  }
  process.stderr.write("\n");
} finally {
  for (const mounted of mounts) await mounted.end();
  execFileSync("sync");
  rmSync(scratch, { recursive: true, force: true });
}
printTable(rates, contenders);
