/** One file that needs nothing installed, made by Bun and by Node. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildBun, buildNode } from "../../scripts/build_binary.ts";
import { inDirectory, run, type RunOptions, serveAndUse, succeed, withoutMounts } from "./_kit.ts";

/** Its classes are those of the program, or the program would not know them. */
const CONFIG = `
import { defineConfig, MemoryProvider, VfsError } from "@vfs/server";
import { HookEngine } from "@vfs/server/core";
import { mount } from "@vfs/server/mount";
import { hostname } from "node:os";

const wrong: unknown = new VfsError("EIO");
if (!(wrong instanceof Error) || typeof hostname() !== "string" || typeof mount !== "function") throw wrong;
console.log("loaded");
export default defineConfig({
  mounts: { "/m": MemoryProvider.from({ a: "from a configuration" }), "/none": "./none" },
  engine: new HookEngine([]),
  socket: "./c.sock",
});
`;

for (const [name, build] of [["bun", buildBun], ["node", buildNode]] as const) {
  test(`a program of one file with ${name} inside serves, loads and mounts`, () =>
    inDirectory(async (cwd) => {
      const file = join(cwd, "vfs-server");
      build(file);
      console.log(`with ${name} inside: ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`);
      const options = { cwd, env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" } };
      assert.match(await succeed(file, ["--version"], options), new RegExp(`\\(${name} `));
      await serveAndUse([file], options);
      await load(file, options);
      const reason = withoutMounts();
      if (reason !== false) return console.log(`mounting is not tested: ${reason}`);
      await mountAndUse(file, options);
    }));
}

/** It loads the user's modules, and these import what is inside of the program. */
async function load(file: string, options: RunOptions): Promise<void> {
  writeFileSync(join(options.cwd, "config.ts"), CONFIG);
  const missing = await run(file, ["--config", "config.ts"], options);
  assert.equal(missing.stdout, "loaded\n", missing.stderr);
  assert.match(missing.stderr, /^vfs-server: cannot mount \S*none at \/none: no such file.*\n$/);
  mkdirSync(join(options.cwd, "none"));
  await serveAndUse([file], options, ["--config", "config.ts"]);
}

/** It mounts a directory by a thread of its own, and memory by a process in the background. */
async function mountAndUse(file: string, options: RunOptions): Promise<void> {
  const [served, mountPoint] = [join(options.cwd, "served"), join(options.cwd, "mnt")];
  mkdirSync(mountPoint);
  const cat = (name: string) => succeed("cat", [join(mountPoint, name)], options);
  const mounting = spawn(file, ["mount", served, mountPoint], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => mounting.on("close", resolve));
  try {
    await new Promise<unknown>((resolve) => mounting.stderr.once("data", resolve));
    assert.equal(await cat("hello.txt"), "hello");
    await succeed(file, ["umount", mountPoint], options);
    assert.equal(await ended, 0);
  } finally {
    mounting.kill("SIGTERM");
  }
  await succeed(file, ["mount", "memory", mountPoint, "--daemon", "--quiet"], options);
  try {
    await succeed("sh", ["-c", 'echo hello > "$1"', "sh", join(mountPoint, "a")], options);
    assert.equal(await cat("a"), "hello\n");
  } finally {
    await succeed(file, ["umount", mountPoint], options);
  }
}
