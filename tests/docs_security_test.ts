import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MemoryProvider } from "../src/providers/mod.ts";
import { DEFAULT_LIMITS } from "../src/server/mod.ts";

const page = readFileSync(new URL("../docs/SECURITY.md", import.meta.url), "utf8");

const UNITS: Readonly<Record<string, number>> = {
  KiB: 1 << 10,
  MiB: 1 << 20,
  GiB: 1 << 30,
  s: 1000,
};

/** A number as the page writes it: "1 MiB + 64 KiB". */
function numberOf(text: string): number {
  return text.split("+").map((part) => {
    const [number, unit] = part.trim().split(" ");
    return Number(number) * (unit === undefined ? 1 : UNITS[unit]!);
  }).reduce((sum, number) => sum + number);
}

test("docs/SECURITY.md tells every limit of a server, and its default", () => {
  const told = [...page.matchAll(/^\| `(\w+)` +\| ([^|]+) \|/gm)]
    .map(([, name, value]) => [name!, numberOf(value!)]);
  assert.deepEqual(Object.fromEntries(told), { ...DEFAULT_LIMITS });
});

test("docs/SECURITY.md tells the limits of a tree in memory", () => {
  const [, bytes, files] = /holds (\S+ \S+) and (\d+) files/.exec(page)!;
  const { bsize, blocks, files: most } = new MemoryProvider().statfs("/");
  assert.deepEqual([numberOf(bytes!), Number(files)], [
    Number(bsize) * Number(blocks),
    Number(most),
  ]);
});
