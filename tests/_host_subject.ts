import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
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

/** What no provider over the host can do unless the process is root. */
export const ROOT_ONLY: readonly Capability[] = process.getuid?.() === 0
  ? []
  : ["chown", "devices"];
