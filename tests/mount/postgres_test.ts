/** PostgreSQL on mounts: it trusts what was synced, and its own checks tell what became of it. */
import assert from "node:assert/strict";
import { globSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type MountKind, withMount, withScratch } from "./_mounted.ts";
import { isMine, skipWithout } from "./_needs.ts";
import { type Outcome, shell } from "./_run.ts";

const KINDS: readonly MountKind[] = ["memory", "real", "served-live"];

/** Debian keeps its programs out of the way. */
const POSTGRES = globSync("/usr/lib/postgresql/*/bin").sort().at(-1) ?? "";

async function runIn(cwd: string): Promise<Outcome> {
  const script = readFileSync(new URL("./workloads/postgres.sh", import.meta.url), "utf8");
  const env = { POSTGRES, SCRATCH: dirname(cwd) };
  return await shell(script, { cwd, env, timeout: 100_000 });
}

for (const [i, kind] of KINDS.entries()) {
  if (!isMine(i)) continue;
  test(`PostgreSQL runs on mount() of ${kind}, and outlives being killed`, {
    skip: skipWithout(join(POSTGRES, "initdb"), join(POSTGRES, "pgbench")),
    timeout: 240_000,
  }, async () => {
    await withScratch(async (scratch) => {
      mkdirSync(join(scratch, "native"));
      const expected = await runIn(join(scratch, "native"));
      assert.equal(expected.code, 0, `natively: ${expected.stderr}`);
      await withMount(kind, { allowOther: true }, async ({ dir }) => {
        const actual = await runIn(dir);
        assert.equal(actual.stdout, expected.stdout, actual.stderr);
        assert.equal(actual.code, 0, actual.stderr);
      });
    });
  });
}
