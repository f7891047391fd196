import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type MountKind, withMount, withScratch } from "./_mounted.ts";
import { isMine, skipWithout } from "./_needs.ts";
import { run, shell } from "./_run.ts";

/** How many operations on each provider; the acceptance run takes a million. */
const OPERATIONS = Number(process.env.FSX_OPERATIONS ?? 2_000);
/** How many seconds many processes work in one tree; the acceptance run takes 600. */
const SECONDS = Number(process.env.STRESS_SECONDS ?? 2);
const PROCESSES = 24;
const SEED = process.env.SEED ?? String(Date.now() % 1_000_000);

/** Compiles a program. */
async function compile(name: string, dir: string): Promise<string> {
  const source = new URL(`./programs/${name}.c`, import.meta.url).pathname;
  const { code, stderr } = await run("gcc", ["-O1", "-o", join(dir, name), source]);
  assert.equal(code, 0, stderr);
  return join(dir, name);
}

function programTest(title: string, name: string, use: (program: string) => Promise<void>): void {
  const timeout = 120_000 + SECONDS * 2000 + OPERATIONS * 2;
  test(title, { skip: skipWithout("gcc"), timeout }, async () => {
    await withScratch(async (scratch) => {
      await use(await compile(name, scratch));
    });
  });
}

const WAYS = {
  "memory": ["memory", {}],
  "memory with write-back": ["memory", { writeback: true }],
  "memory without caches": ["memory", { attrLifetime: 0, entryLifetime: 0 }],
  "a live memory": ["memory-live", {}],
  "a real directory": ["real", {}],
  "a served directory": ["served-live", {}],
} as const;

for (const [i, [way, [kind, options]]] of Object.entries(WAYS).entries()) {
  if (!isMine(i) && process.env.FSX_OPERATIONS === undefined) continue;
  programTest(
    `mount() of ${way} agrees with a model, whatever is done to a file`,
    "fsx",
    (fsx) =>
      withMount(kind, options, async ({ dir, stop }) => {
        const args = [String(OPERATIONS), SEED];
        const { code, stdout, stderr } = await shell(`"${fsx}" file ${args.join(" ")}; rm file`, {
          cwd: dir,
          timeout: 60_000 + OPERATIONS * 2,
        });
        assert.equal(code, 0, `seed ${SEED}: ${stdout}${stderr}`);
        const stats = await stop();
        const { requests, nodes, files } = stats;
        console.log(
          `${way}, seed ${SEED}: ${OPERATIONS} operations as the model says, ${requests} requests`,
        );
        assert.deepEqual([nodes <= 2, files], [true, 0], JSON.stringify(stats));
      }),
  );
}

const CROWDS: readonly MountKind[] = ["memory", "memory-live", "real", "served-live"];

for (const kind of CROWDS) {
  programTest(
    `mount() of ${kind} bears ${PROCESSES} processes in one tree`,
    "stress",
    (stress) =>
      withMount(kind, {}, async ({ dir, root, server, stop }) => {
        const descriptors = () => readdirSync(`/proc/${server.pid}/fd`).length;
        await shell("ls", { cwd: dir });
        const before = descriptors();
        const command = `"${stress}" ${PROCESSES} ${SECONDS} ${SEED}`;
        const timeout = 90_000 + SECONDS * 2000;
        const { code, stdout, stderr } = await shell(command, { cwd: dir, timeout });
        assert.equal(code, 0, `seed ${SEED}: ${stdout}${stderr}`);
        // The kernel forgets what it has no use for when it is asked to.
        await run("sh", ["-c", "sync; echo 2 > /proc/sys/vm/drop_caches"]);
        const after = descriptors();
        const stats = await stop();
        const figures =
          `${stdout.trim()}; ${stats.requests} requests; descriptors ${before}, then ` +
          `${after}; nodes at the end ${stats.nodes}, files ${stats.files}`;
        console.log(`${kind}, seed ${SEED}: ${figures}`);
        assert.deepEqual(readdirSync(root), [], figures);
        assert.deepEqual([stats.files, stats.pending], [0, 0], figures);
        assert.ok(stats.nodes <= 2, figures);
        assert.ok(after <= before + 10, figures);
      }),
  );
}
