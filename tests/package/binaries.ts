/** One file that needs nothing installed, made by Bun and by Node. */
import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildBun, buildNode } from "../../scripts/build_binary.ts";
import { inDirectory, run, serveAndUse, succeed } from "./_kit.ts";

for (const [name, build] of [["bun", buildBun], ["node", buildNode]] as const) {
  test(`a program of one file with ${name} inside serves`, () =>
    inDirectory(async (cwd) => {
      const file = join(cwd, "vfs-server");
      build(file);
      console.log(`with ${name} inside: ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`);
      const options = { cwd, env: { PATH: "/nowhere" } };
      assert.match(await succeed(file, ["--version"], options), new RegExp(`\\(${name} `));
      await serveAndUse([file], options);

      // It loads the user's modules, too.
      mkdirSync(join(cwd, "files"));
      writeFileSync(
        join(cwd, "config.mjs"),
        `import { env } from "node:process";
         console.log("loaded");
         export default { mounts: { "/w": "./none" }, socket: "./c.sock" };`,
      );
      const { stdout, stderr } = await run(file, ["--config", "config.mjs"], options);
      assert.equal(stdout, "loaded\n");
      assert.match(stderr, /none/);
    }));
}
