import type { Tree } from "./_bench_contenders.ts";

/** One thing that is measured, of each contender. */
export interface Case {
  readonly tree: Tree;
  /** The row of the generator. */
  readonly row: string;
  /** Requests in flight on each connection. */
  readonly depth: number;
  readonly connections: number;
  /** Whether another connection streams reads of 1 MiB meanwhile. */
  readonly streams: boolean;
  /** Whether the echo server is measured with frames of the same sizes. */
  readonly echo: boolean;
}

/** What the rows are called in tables. */
export const LABELS: Readonly<Record<string, string>> = {
  getattr: "getattr",
  lookup: "lookup of a missing name",
  open: "open, release",
  read4k: "read of 4 KiB",
  read128k: "read of 128 KiB",
  read1m: "read of 1 MiB",
  write4k: "write of 4 KiB",
  write128k: "write of 128 KiB",
  write1m: "write of 1 MiB",
  create: "create, write, release, unlink",
  readdir100: "readdir of 100",
  readdir10000: "readdir of 10,000",
  rename: "rename",
};

const DEPTHS = [1, 8, 32];
const WITH_ECHO = ["getattr", "read4k", "write4k"];
const WITH_CONNECTIONS = ["getattr", "read4k", "read128k"];

/** How a case is called: in filters, and where results are kept. */
export function nameOf(each: Case): string {
  const stream = each.streams ? " stream" : "";
  return `${each.tree} ${each.row} depth=${each.depth} connections=${each.connections}${stream}`;
}

/** All cases, without those whose name does not match. */
export function cases(pattern: RegExp): Case[] {
  const all: Case[] = [];
  const plain = { connections: 1, streams: false, echo: false };
  for (const tree of ["memory", "directory"] as const) {
    for (const row of Object.keys(LABELS)) {
      const echo = tree === "memory" && WITH_ECHO.includes(row);
      for (const depth of DEPTHS) all.push({ ...plain, tree, row, depth, echo });
    }
  }
  for (const row of WITH_CONNECTIONS) {
    for (const connections of [8, 64]) {
      all.push({ ...plain, tree: "memory", row, depth: 1, connections });
    }
  }
  for (const row of ["getattr", "read4k"]) {
    all.push({ ...plain, tree: "memory", row, depth: 1, streams: true });
  }
  return all.filter((each) => pattern.test(nameOf(each)));
}
