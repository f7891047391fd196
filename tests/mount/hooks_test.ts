/** The ways around a rule, tried through the kernel. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { furnish, works } from "../hooks/bypass_trial.ts";
import { WAYS } from "../hooks/bypass_ways.ts";
import { clearAway, withScratch } from "./_mounted.ts";
import { skipWithout } from "./_needs.ts";

test("nobody gets around a rule by way of a mount", {
  skip: skipWithout(),
  timeout: 200_000,
}, async () => {
  await withScratch(async (scratch) => {
    const [dir, root] = [join(scratch, "mnt"), join(scratch, "root")];
    mkdirSync(dir);
    // Each way is tried in a tree of its own, first without rules.
    const places = WAYS.flatMap((way) => [{ way, rules: false }, { way, rules: true }]);
    for (const i of places.keys()) {
      mkdirSync(join(root, String(i)), { recursive: true });
      await using(new RealDirectoryProvider(join(root, String(i))), furnish);
    }
    const script = fileURLToPath(new URL("./_guarded.ts", import.meta.url));
    const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script] : [script];
    const server = spawn(process.execPath, [...args, dir, root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => server.stdout.once("data", resolve));
      const worked: string[] = [];
      let free = 0;
      for (const [i, { way, rules }] of places.entries()) {
        const protect = () => void (rules && mkdirSync(join(dir, "protect", String(i))));
        const isDone = await using(
          new RealDirectoryProvider(join(dir, String(i))),
          (guest) =>
            using(
              new RealDirectoryProvider(join(root, String(i))),
              (inner) => works(way, guest, inner, protect),
            ),
        );
        if (!rules && isDone) free++;
        if (rules && isDone) worked.push(way.name);
      }
      assert.deepEqual(worked, []);
      // Some calls the kernel refuses by itself, or never sends; those are few.
      assert.ok(free >= WAYS.length * 0.9, `${free} of ${WAYS.length} work without rules`);
    } finally {
      await clearAway(dir, server);
    }
  });
});

async function using<T>(
  provider: RealDirectoryProvider,
  use: (provider: RealDirectoryProvider) => Promise<T>,
): Promise<T> {
  try {
    return await use(provider);
  } finally {
    provider.close();
  }
}
