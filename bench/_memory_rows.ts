import assert from "node:assert/strict";
import type { Files } from "./_memory_subjects.ts";

const MIB = 1 << 20;
const SIZES = [[4096, "4 KiB"], [131072, "128 KiB"], [MIB, "1 MiB"]] as const;
/** How many files the tree has beside the directory of 100 that is listed in it. */
const OTHERS = 10_000;

/** One operation, done for the i-th time. */
export type Operation = (i: number) => unknown;

/** What is measured, each on a tree that was looked at before. */
export function rowsOf(files: Files): Record<string, Operation> {
  files.mkdir("/workspace");
  files.mkdir("/workspace/src");
  const big = Uint8Array.from({ length: MIB }, (_, i) => (i * 7 + (i >> 12)) & 255);
  files.writeFile("/workspace/src/index.ts", big);
  fill(files, "/100", 100);
  verify(files, big);
  // A fresh text each time, as it comes off a wire.
  const path = (i: number) => `/workspace/src/index.t${"s".repeat(i >= 0 ? 1 : 2)}`;
  const missing = (i: number) => path(-1 - i);
  const file = files.open("/workspace/src/index.ts");
  const rows: Record<string, Operation> = {
    "stat": (i) => files.stat(path(i)),
    "lookup of a missing name": (i) => files.exists(missing(i)),
    "open, close": (i) => files.openAndClose(path(i)),
  };
  for (const [size, label] of SIZES) {
    const buffer = new Uint8Array(size);
    const places = MIB / size;
    rows[`read of ${label}`] = (i) => file.read(buffer, (i % places) * size);
    rows[`write of ${label}`] = (i) => file.write(buffer, (i % places) * size);
  }
  const block = new Uint8Array(4096);
  // What no provider can do without.
  rows["a bare copy of 4 KiB"] = (i) => {
    const offset = (i % 256) * 4096;
    block.set(big.subarray(offset, offset + 4096));
  };
  rows["create, write 4 KiB, close, unlink"] = () => {
    files.createAndUnlink("/workspace/src/new.ts", block);
  };
  rows["rename"] = (i) => {
    const [from, to] = i & 1 ? ["b", "src"] : ["src", "b"];
    files.rename(`/workspace/${from}`, `/workspace/${to}`);
  };
  rows["list of 100"] = () => files.list("/100");
  return rows;
}

/** Listings again, when there is much else in the tree. */
export function laterRowsOf(files: Files): Record<string, Operation> {
  for (let i = 0; i < OTHERS / 1000; i++) fill(files, `/other-${i}`, 1000);
  return { [`list of 100 beside ${OTHERS.toLocaleString("en")} others`]: () => files.list("/100") };
}

function fill(files: Files, directory: string, count: number): void {
  files.mkdir(directory);
  const data = new Uint8Array(1);
  for (let i = 0; i < count; i++) files.writeFile(`${directory}/file-${i}.txt`, data);
}

/** Does once what the rows do, and looks at what comes of it. */
function verify(files: Files, big: Uint8Array): void {
  assert.equal(files.stat("/workspace/src/index.ts"), MIB);
  assert.equal(files.exists("/workspace/src/index.tss"), false);
  assert.equal(files.list("/100"), 100);
  files.openAndClose("/workspace/src/index.ts");
  const file = files.open("/workspace/src/index.ts");
  for (const [size] of SIZES) {
    const offset = MIB - size;
    const part = big.subarray(offset);
    assert.equal(file.write(part, offset), size);
    const buffer = new Uint8Array(size);
    assert.equal(file.read(buffer, offset), size);
    assert.deepEqual(buffer, part);
  }
  file.close();
  files.createAndUnlink("/workspace/src/new.ts", new Uint8Array(4096));
  assert.equal(files.exists("/workspace/src/new.ts"), false);
  files.rename("/workspace/src", "/workspace/b");
  assert.equal(files.exists("/workspace/src"), false);
  files.rename("/workspace/b", "/workspace/src");
}
