/**
 * What the memory provider costs: time for each operation, bytes for each file.
 *
 *     deno run -A bench/memory.ts
 *     bun bench/memory.ts
 *     node --expose-gc bench/memory.ts
 *
 * `FILES` sets the number of files of the last part (default 1,000,000), `ROUND_MS` the time for
 * each round (default 200).
 *
 * @module
 */

import process from "node:process";
import { O_CREAT, O_RDONLY, O_RDWR } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/memory/mod.ts";

const ROUNDS = 5;
const ROUND_MS = Number(process.env["ROUND_MS"] ?? 200);
const FILES = Number(process.env["FILES"] ?? 1_000_000);
const DATA_BYTES = 100;

/** Prints the median of some rounds, in operations a second. */
function measure(name: string, operation: (i: number) => unknown): void {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    let count = 0;
    let elapsed = 0;
    do {
      for (let i = 0; i < 100; i++) operation(count++);
      elapsed = performance.now() - start;
    } while (elapsed < ROUND_MS);
    // The first round warms up.
    if (round > 0) rates.push(count / elapsed * 1000);
  }
  const median = rates.sort((a, b) => a - b)[ROUNDS >> 1]!;
  console.log(
    `${name.padEnd(34)}${Math.round(median).toLocaleString("en").padStart(14)} ops/s` +
      `${(1e9 / median).toFixed(0).padStart(10)} ns`,
  );
}

function measureOperations(): void {
  const files = new MemoryProvider();
  files.mkdirAll("/workspace/src", 0o755);
  files.writeFile("/workspace/src/index.ts", new Uint8Array(1 << 20));
  for (const count of [100, 10_000]) {
    files.mkdir(`/${count}`, 0o755);
    for (let i = 0; i < count; i++) files.writeFile(`/${count}/file-${i}.txt`, "x");
  }
  // A fresh text each time, as it comes off a wire.
  const path = (i: number) => `/workspace/src/index.t${"s".repeat(i >= 0 ? 1 : 2)}`;
  measure("stat", (i) => files.stat(path(i)));
  measure("lookup of a missing name", (i) => files.lookup(path(-1 - i)));
  measure("open and close", (i) => files.open(path(i), O_RDONLY).close());
  const file = files.open(path(0), O_RDWR);
  for (const [size, label] of [[4096, "4 KiB"], [131072, "128 KiB"], [1 << 20, "1 MiB"]] as const) {
    const buffer = new Uint8Array(size);
    const places = (1 << 20) / size;
    measure(`read of ${label}`, (i) => file.readAt(buffer, (i % places) * size));
    measure(`write of ${label}`, (i) => file.writeAt(buffer, (i % places) * size));
  }
  file.close();
  const block = new Uint8Array(4096);
  measure("create, write 4 KiB, close, unlink", () => {
    const handle = files.open("/workspace/src/new.ts", O_RDWR | O_CREAT, 0o644);
    handle.writeAt(block, 0);
    handle.close();
    files.unlink("/workspace/src/new.ts");
  });
  measure(
    "rename",
    (i) => files.rename(`/workspace/${i & 1 ? "b" : "src"}`, `/workspace/${i & 1 ? "src" : "b"}`),
  );
  measure("readDir of 100", () => files.readDir("/100"));
  measure("readDir of 10,000", () => files.readDir("/10000"));
  const directory = files.openDir("/10000");
  measure("page of 100 out of 10,000", (i) => directory.readDir((i % 100) * 100, 100));
  directory.close();
}

function used(): number {
  const gc = (globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }).gc ??
    (globalThis as { Bun?: { gc(force: boolean): void } }).Bun?.gc;
  for (let i = 0; i < 3; i++) gc?.(true as never);
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function measureFiles(): void {
  const files = new MemoryProvider({ inodes: Infinity, limit: Infinity });
  const data = new Uint8Array(DATA_BYTES).fill(1);
  const before = used();
  const start = performance.now();
  for (let i = 0; i < FILES; i++) {
    if (i % 1000 === 0) files.mkdir(`/directory-${i / 1000}`, 0o755);
    files.writeFile(`/directory-${Math.floor(i / 1000)}/file-${i}.txt`, data);
  }
  const seconds = (performance.now() - start) / 1000;
  const bytes = (used() - before) / FILES - DATA_BYTES;
  console.log(
    `${FILES.toLocaleString("en")} files of ${DATA_BYTES} bytes: ` +
      `${(seconds / FILES * 1e6).toFixed(2)} us and ${bytes.toFixed(0)} bytes each beside the data`,
  );
  measure("readDir of 1,000 among them", () => files.readDir("/directory-0"));
  measure("stat among them", (i) => {
    const n = (i * 7919) % FILES;
    files.stat(`/directory-${Math.floor(n / 1000)}/file-${n}.txt`);
  });
}

measureOperations();
measureFiles();
