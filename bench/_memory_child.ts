/**
 * One contender of `bench/memory.ts` in a process of its own: prints what it measured as JSON.
 *
 *     _memory_child.ts NAME rows MILLISECONDS
 *     _memory_child.ts NAME files COUNT
 */
import process from "node:process";
import { laterRowsOf, type Operation, rowsOf } from "./_memory_rows.ts";
import { type Files, SUBJECTS } from "./_memory_subjects.ts";

const DATA_BYTES = 100;

/** Nanoseconds of the processor for one operation: what else runs disturbs that less. */
function time(operation: Operation, ms: number): number {
  const start = process.cpuUsage();
  let count = 0;
  let micros = 0;
  do {
    // An even number, so that a rename to and fro is over.
    for (let i = 0; i < 20; i++) operation(count++);
    const { user, system } = process.cpuUsage(start);
    micros = user + system;
  } while (micros < ms * 1000);
  return micros * 1000 / count;
}

function measureRows(files: Files, ms: number): Record<string, number> {
  const times: Record<string, number> = {};
  const measure = (rows: Record<string, Operation>) => {
    // The first time is for whoever compiles while running.
    for (const operation of Object.values(rows)) time(operation, ms);
    for (const [row, operation] of Object.entries(rows)) times[row] = time(operation, ms);
  };
  measure(rowsOf(files));
  measure(laterRowsOf(files));
  return times;
}

function used(): number {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  for (let i = 0; i < 3; i++) Bun === undefined ? gc?.() : Bun.gc(true);
  const { heapUsed, external } = process.memoryUsage();
  // Bun counts what is outside of the heap in both.
  return Bun === undefined ? heapUsed + external : heapUsed;
}

/** Microseconds and bytes that each of many small files takes, without its data. */
function measureFiles(files: Files, count: number): { us: number; bytes: number } {
  const data = new Uint8Array(DATA_BYTES).fill(1);
  const before = used();
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    if (i % 1000 === 0) files.mkdir(`/directory-${i / 1000}`);
    files.writeFile(`/directory-${Math.floor(i / 1000)}/file-${i}.txt`, data);
  }
  const us = (performance.now() - start) * 1000 / count;
  const bytes = (used() - before) / count - DATA_BYTES;
  // Something has to need the files until they are counted.
  files.stat("/directory-0/file-0.txt");
  return { us, bytes };
}

const [name, what, amount] = process.argv.slice(2);
const files = await SUBJECTS[name!]!();
const found = what === "files"
  ? measureFiles(files, Number(amount))
  : measureRows(files, Number(amount));
console.log(JSON.stringify(found));
