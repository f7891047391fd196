/**
 * The memory provider beside memfs and @zenfs/core, in process: time for each operation, time and
 * bytes for each of many files.
 *
 *     deno run -A bench/memory.ts
 *     bun bench/memory.ts
 *     node bench/memory.ts
 *
 * Each contender runs in processes of its own, in another order each round; what it does is looked at
 * before it is timed. `ROUNDS` sets the number of rounds (default 5), `ROUND_MS` the time for each row
 * in a round (default 100), `FILES` the number of files of the last part (default 1,000,000; the others
 * get a hundredth of it).
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { median, table } from "./_bench_report.ts";
import { SUBJECTS } from "./_memory_subjects.ts";
import { runtimeName } from "./_runtime_name.ts";

const ROUNDS = Number(process.env["ROUNDS"] ?? 5);
const ROUND_MS = process.env["ROUND_MS"] ?? "100";
const FILES = Number(process.env["FILES"] ?? 1_000_000);
const OURS = "ours";

/** How each runtime runs a script of which the memory is measured. */
const FLAGS = "Deno" in globalThis
  ? ["run", "-A", "--no-check", "--v8-flags=--expose-gc"]
  : "Bun" in globalThis
  ? []
  : ["--expose-gc", "--disable-warning=ExperimentalWarning"];

function child<T>(...args: string[]): T {
  const script = join(import.meta.dirname!, "_memory_child.ts");
  const text = execFileSync(process.execPath, [...FLAGS, script, ...args], { encoding: "utf8" });
  return JSON.parse(text) as T;
}

type Times = Record<string, number>;

function contenders(): string[] {
  return Object.keys(SUBJECTS).filter((name) => {
    try {
      if (name !== OURS) import.meta.resolve(name);
      return true;
    } catch {
      console.log(`Skipped ${name}: it is not installed`);
      return false;
    }
  });
}

function measureRows(names: readonly string[]): string {
  const rounds = new Map<string, Times[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names.toSorted(() => Math.random() - 0.5)) {
      rounds.get(name)!.push(child<Times>(name, "rows", ROUND_MS));
    }
  }
  const times = (name: string, row: string) => rounds.get(name)!.map((round) => round[row]!);
  const rows = Object.keys(rounds.get(OURS)![0]!).map((row) => [
    row,
    ...names.map((name) => {
      const text = `${Math.round(median(times(name, row))).toLocaleString("en")} ns`;
      if (name === OURS) return text;
      const ratios = times(name, row).map((theirs, i) => theirs / times(OURS, row)[i]!);
      return `${text}, **${median(ratios).toFixed(1)}x**`;
    }),
  ]);
  return table(["", ...names], rows);
}

function measureFiles(names: readonly string[]): string {
  const rows = names.map((name) => {
    const count = name === OURS ? FILES : FILES / 100;
    const { us, bytes } = child<{ us: number; bytes: number }>(name, "files", String(count));
    return [name, count.toLocaleString("en"), us.toFixed(1), bytes.toFixed(0)];
  });
  return table(["", "files", "us for each", "bytes for each, beside its data"], rows);
}

const names = contenders();
console.log(`How many times as long as ours the others take, ${runtimeName}:\n`);
console.log(measureRows(names));
console.log(measureFiles(names));
