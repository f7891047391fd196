/** The suite of the facade against the real `node:fs/promises`: the proof of the suite itself. */
import { mkdtempSync, rmSync } from "node:fs";
import * as real from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { versions } from "node:process";
import { test } from "node:test";
import { CASES } from "./_facade_suite.ts";

/** Deno and Bun have the functions and the codes; in the details of errors they differ. */
const isNode = !("Deno" in globalThis) && versions.bun === undefined;

for (const [name, run] of Object.entries(CASES)) {
  test(`node:fs/promises: ${name}`, async () => {
    const root = mkdtempSync(join(tmpdir(), "facade-"));
    try {
      await run(real, root, isNode);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}
