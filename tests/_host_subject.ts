import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Provider } from "../src/fs/mod.ts";
import type { Capability } from "./_contract/row.ts";
import type { Subject } from "./_provider_contract.ts";

/** Makes a subject of a new directory of the host, removed when the test is over. */
export function hostSubject(open: (directory: string) => Provider): Subject {
  const outer = mkdtempSync(join(tmpdir(), "vfs-contract-"));
  const directory = join(outer, "root");
  mkdirSync(directory);
  return { provider: open(directory), dispose: () => rmSync(outer, { recursive: true }) };
}

/** Whether the host's filesystem counts the subdirectories of a directory as links. */
export function hostCountsDirectories(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "vfs-contract-"));
  try {
    return statSync(directory).nlink === 2;
  } finally {
    rmdirSync(directory);
  }
}

/** The magic number of tmpfs, which has no FALLOC_FL_ZERO_RANGE. */
const TMPFS_MAGIC = 0x01021994;

/** What no provider over this host can do. */
export const HOST_LACKS: readonly Capability[] = [
  ...(process.getuid?.() === 0 ? [] : ["chown", "devices", "privileged"] as const),
  ...(hostCountsDirectories() ? [] : ["dirNlink"] as const),
  ...(statfsSync(tmpdir()).type === TMPFS_MAGIC ? ["zeroRange"] as const : []),
];
