/**
 * What a real directory costs, beside what plain `node:fs` calls cost on the same files in the same
 * run: microseconds for each operation, and how many times the plain call that is.
 *
 *     deno run -A bench/realfs.ts
 *     bun bench/realfs.ts
 *     node bench/realfs.ts
 *
 * What else a machine does only ever adds to a time, so each contender has many short turns, and the
 * fastest tenth of them counts.
 *
 * `TMPDIR` says where (a tmpfs measures the calls, a disk itself), `ROW_MS` how long each row may
 * take for each contender (default 600), `ENTRIES` the size of the large directory (default
 * 1,000,000; 0 for none).
 *
 * @module
 */

import assert from "node:assert/strict";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { bindLibc } from "../adapters/realfs/_libc.ts";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { NativeSyscalls } from "../adapters/realfs/native.ts";
import { HostStat } from "../adapters/realfs/syscalls.ts";
import { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } from "../src/fs/mod.ts";

const ROW_MS = Number(process.env["ROW_MS"] ?? 600);
/** Long enough for the clock, short enough to be left alone now and then. */
const TURN_MS = 1;
const WARM_UP_MS = 40;
const FEWEST_TURNS = 10;
const ENTRIES = Number(process.env["ENTRIES"] ?? 1_000_000);
const MIB = 1 << 20;
const DEEP = "a/b/c/d/e/f";

type Contender = readonly [name: string, run: () => unknown];

/** Times the contenders in turns: microseconds for each operation, in the fastest tenth of them. */
function race(contenders: readonly Contender[]): number[] {
  for (const [, run] of contenders) turn(run, WARM_UP_MS);
  const times: number[][] = contenders.map(() => []);
  const end = performance.now() + ROW_MS * contenders.length;
  while (performance.now() < end || times[0]!.length < FEWEST_TURNS) {
    for (const [i, [, run]] of contenders.entries()) times[i]!.push(turn(run, TURN_MS));
  }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(list.length / 10)]!);
}

function turn(run: () => unknown, milliseconds: number): number {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  do {
    for (let i = 0; i < 8; i++) run();
    count += 8;
    elapsed = performance.now() - start;
  } while (elapsed < milliseconds);
  return elapsed / count * 1000;
}

function row(name: string, plain: () => unknown, ...others: (() => unknown)[]): void {
  const contenders: Contender[] = [plain, ...others].map((run, i) => [String(i), run]);
  const [base, ...times] = race(contenders);
  const cells = times.map((time) =>
    `${time.toFixed(2).padStart(10)} ${`${(time / base!).toFixed(2)}x`.padStart(7)}`
  );
  console.log(`${name.padEnd(24)}${base!.toFixed(2).padStart(10)}${cells.join("")}`);
}

function header(names: readonly string[]): void {
  const cells = names.map((name) => `${name.padStart(10)}        `);
  console.log(`\n${"microseconds".padEnd(24)}${"node:fs".padStart(10)}${cells.join("")}`);
}

function main(): void {
  const root = fs.mkdtempSync(join(tmpdir(), "vfs-bench-"));
  try {
    const providers = open(root);
    header(Object.keys(providers));
    measure(root, Object.values(providers));
    list(root, Object.values(providers), 1000);
    if (ENTRIES > 0) listLarge(root, providers);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

function open(root: string): Record<string, RealDirectoryProvider> {
  fs.mkdirSync(join(root, "a/b/c/d/e"), { recursive: true });
  for (const name of ["f", DEEP]) fs.writeFileSync(join(root, name), new Uint8Array(MIB).fill(7));
  const providers: Record<string, RealDirectoryProvider> = {};
  const native = new RealDirectoryProvider(root);
  if (native.syscalls === "native") {
    providers["native"] = native;
    providers["exclusive"] = new RealDirectoryProvider(root, { exclusive: true });
  }
  providers["portable"] = new RealDirectoryProvider(root, { syscalls: "portable" });
  return providers;
}

function measure(root: string, providers: readonly RealDirectoryProvider[]): void {
  const each = (act: (provider: RealDirectoryProvider) => () => unknown) => providers.map(act);
  for (const [name, path] of [["depth 1", "f"], ["depth 6", DEEP]] as const) {
    const host = join(root, path);
    for (const provider of providers) assert.equal(provider.stat(`/${path}`).size, MIB);
    row(
      `stat, ${name}`,
      () => fs.lstatSync(host),
      ...each((fs) => () => fs.stat(`/${path}`)),
    );
    row(
      `no such name, ${name}`,
      () => fs.lstatSync(`${host}x`, { throwIfNoEntry: false }),
      ...each((fs) => () => fs.lookup(`/${path}x`)),
    );
    row(
      `open, close, ${name}`,
      () => fs.closeSync(fs.openSync(host, "r")),
      ...each((fs) => () => fs.open(`/${path}`, O_RDONLY).close()),
    );
    const alone = openAlone(root, path);
    if (alone !== undefined) {
      row(`  its calls alone`, () => fs.closeSync(fs.openSync(host, "r")), alone);
    }
  }
  const plain = fs.openSync(join(root, "f"), "r+");
  const handles = providers.map((provider) => provider.open("/f", O_RDWR));
  for (const [name, size] of [["4 KiB", 4096], ["1 MiB", MIB]] as const) {
    const buffer = new Uint8Array(size);
    for (const handle of handles) assert.equal(handle.readAt(buffer, 0), size);
    assert.equal(buffer[size - 1], 7);
    row(
      `read ${name}`,
      () => fs.readSync(plain, buffer, 0, size, 0),
      ...handles.map((handle) => () => handle.readAt(buffer, 0)),
    );
    row(
      `write ${name}`,
      () => fs.writeSync(plain, buffer, 0, size, 0),
      ...handles.map((handle) => () => handle.writeAt(buffer, 0)),
    );
  }
  fs.closeSync(plain);
  for (const handle of handles) handle.close();
  const flags = O_RDWR | O_CREAT | O_EXCL;
  row(
    "create, close, unlink",
    () => {
      fs.closeSync(fs.openSync(join(root, "new"), "wx+"));
      fs.unlinkSync(join(root, "new"));
    },
    ...each((fs) => () => {
      fs.open("/new", flags, 0o644).close();
      fs.unlink("/new");
    }),
  );
}

/** What an open and a close ask of the kernel, and nothing else: what no provider can do without. */
function openAlone(root: string, path: string): (() => void) | undefined {
  let calls: NativeSyscalls;
  try {
    calls = new NativeSyscalls(bindLibc());
  } catch {
    return undefined;
  }
  const directory = calls.openRoot(root);
  const stat = new HostStat();
  return () => {
    const node = calls.openNode(directory, path);
    calls.fstat(node, stat);
    const file = calls.reopen(node, O_RDONLY);
    calls.close(node);
    calls.close(file);
  };
}

function list(root: string, providers: readonly RealDirectoryProvider[], count: number): void {
  const path = join(root, "many");
  fs.mkdirSync(path);
  for (let i = 0; i < count; i++) fs.writeFileSync(join(path, `file-${i}`), "");
  for (const provider of providers) {
    const entries = provider.readDir("/many");
    if (entries instanceof Array) assert.equal(entries.length, count);
  }
  row(
    `list ${count}`,
    () => fs.readdirSync(path, { withFileTypes: true }),
    ...providers.map((provider) => () => pages(provider, "/many", 256)),
  );
  row(
    `list ${count} with stat`,
    () => fs.readdirSync(path).map((name) => fs.lstatSync(join(path, name))),
    ...providers.map((provider) => () => pages(provider, "/many", 256, true)),
  );
}

/** Lists a directory in pages; returns how many entries there are and the longest page's time. */
function pages(
  provider: RealDirectoryProvider,
  path: string,
  limit: number,
  plus = false,
): [count: number, longest: number] {
  const handle = provider.openDir(path);
  let count = 0;
  let longest = 0;
  for (let cursor = 0;;) {
    const start = performance.now();
    const page = handle.readDir(cursor, limit, plus) as { cursor: number }[];
    longest = Math.max(longest, performance.now() - start);
    if (page.length === 0) break;
    count += page.length;
    cursor = page.at(-1)!.cursor;
  }
  handle.close();
  return [count, longest];
}

function listLarge(root: string, providers: Record<string, RealDirectoryProvider>): void {
  const path = join(root, "large");
  fs.mkdirSync(path);
  for (let i = 0; i < ENTRIES; i++) fs.closeSync(fs.openSync(join(path, `file-${i}`), "wx"));
  console.log(`\nlist ${ENTRIES.toLocaleString("en")} in pages of 1000: ms, longest wait, memory`);
  const report = (name: string, run: () => [number, number]) => {
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const [count, longest] = run();
    const total = performance.now() - start;
    assert.equal(count, ENTRIES);
    const grown = (process.memoryUsage().rss - before) / MIB;
    console.log(
      `${name.padEnd(24)}${total.toFixed(0).padStart(8)} ms` +
        `${longest.toFixed(1).padStart(10)} ms${grown.toFixed(0).padStart(8)} MiB`,
    );
  };
  for (const [name, provider] of Object.entries(providers)) {
    report(name, () => pages(provider, "/large", 1000));
  }
  report("node:fs readdirSync", () => {
    const start = performance.now();
    const { length } = fs.readdirSync(path, { withFileTypes: true });
    return [length, performance.now() - start];
  });
}

main();
