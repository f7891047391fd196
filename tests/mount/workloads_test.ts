import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fixture, removeFixture } from "./_fixture.ts";
import { type MountKind, withMount, withScratch } from "./_mounted.ts";
import { isMine, skipWithout } from "./_needs.ts";
import { type Outcome, shell } from "./_run.ts";

/** What programs do all day; each script prints what must be the same as on a native filesystem. */
const WORKLOADS = ["shell", "git", "npm", "tar", "sqlite", "make", "rsync", "mmap", "flock"];

/** What they work on: a thread's own memory and directory, a live one, and another process's. */
const KINDS: readonly MountKind[] = ["memory", "real", "memory-live", "served-live"];

/** Which programs they need; the repository that some of them work on needs git. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  "npm": ["npm"],
  "sqlite": ["sqlite3"],
  "make": ["gcc", "make"],
  "rsync": ["rsync"],
  "mmap": ["gcc"],
  "flock": ["flock"],
};

const native = new Map<string, Promise<Outcome>>();

async function runIn(cwd: string, workload: string, scratch: string): Promise<Outcome> {
  const script = readFileSync(new URL(`./workloads/${workload}.sh`, import.meta.url), "utf8");
  const programs = new URL("./programs", import.meta.url).pathname;
  const env = { FIXTURE: await fixture(), SCRATCH: scratch, PROGRAMS: programs };
  return await shell(script, { cwd, env, timeout: 100_000 });
}

/** What a workload prints on the native filesystem. */
function nativeOutcome(workload: string): Promise<Outcome> {
  let outcome = native.get(workload);
  if (outcome === undefined) {
    outcome = (async () => {
      let result: Outcome | undefined;
      await withScratch(async (dir) => {
        mkdirSync(join(dir, "native"));
        result = await runIn(join(dir, "native"), workload, dir);
      });
      return result!;
    })();
    native.set(workload, outcome);
  }
  return outcome;
}

for (const [k, kind] of KINDS.entries()) {
  for (const [w, workload] of WORKLOADS.entries()) {
    if (!isMine(k + w)) continue;
    test(`mount() of ${kind} carries the workload ${workload}`, {
      skip: skipWithout("git", ...PROGRAMS[workload] ?? []),
      timeout: 240_000,
    }, async () => {
      const expected = await nativeOutcome(workload);
      assert.equal(expected.code, 0, `natively: ${expected.stderr}`);
      await withMount(kind, {}, async ({ dir, root }) => {
        const actual = await runIn(dir, workload, join(root, ".."));
        assert.equal(actual.stdout, expected.stdout, actual.stderr);
        assert.equal(actual.code, 0, actual.stderr);
      });
    });
  }
}

test("the fixture of the workloads is removed", () => {
  removeFixture();
});
