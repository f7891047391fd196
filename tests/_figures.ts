import { existsSync, readdirSync } from "node:fs";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process holds. */
export interface Figures {
  /** Open descriptors; 0 where the system does not tell. */
  readonly descriptors: number;
  /** Resident memory, in MiB. */
  readonly resident: number;
  /** What is left of the heap when the garbage is collected, in MiB. */
  readonly heap: number;
}

/** Collects the garbage, and tells what is left. */
export function figures(): Figures {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
  return {
    descriptors: existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0,
    resident: mebibytes(rss),
    heap: mebibytes(heapUsed),
  };
}

/** Figures in a line. */
export function saidOf({ descriptors, resident, heap }: Figures): string {
  return `${descriptors} descriptors, ${resident} MiB resident, ${heap} MiB heap`;
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  collect ??= collector();
  collect();
}

/** Bun has a function for it; the engine of the others shows theirs to a context made after this. */
function collector(): () => void {
  const bun = (globalThis as { Bun?: { gc(sync: boolean): void } }).Bun;
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
