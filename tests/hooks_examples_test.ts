/** The reference's documented examples, as programs that run and print what is said here. */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ARGS = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  hooks_block_create: [
    "create blocked.txt: EPERM",
    "open it with O_CREAT: EPERM",
    "rename something to it: EPERM",
    "link something to it: EPERM",
    "create other.txt: done",
  ],
  hooks_block_write: [
    "6 bytes",
    "EACCES: permission denied: /workspace/notes.txt",
    "6 bytes in all",
  ],
  hooks_mutate_write: [
    "23 bytes while it is open",
    "15 bytes: mutated-by-hook",
    "23 bytes while it is open",
    "44 bytes: /workspace/a.log: 23 bytes by 0, mode 100644",
  ],
  hooks_audit: [
    "op=write path=/workspace/a.txt size=5 mode=100644 owner=1000:1000 caller=1000:1000",
    "4 events, ok: true, complete: true",
    "forged: line 4, its content was changed",
  ],
  hooks_side_effect: ["2 calls", "/file.txt", "/other.txt"],
};

for (const [name, lines] of Object.entries(EXAMPLES)) {
  test(`examples/${name}.ts prints what it shall`, async () => {
    const { stdout } = await run(process.execPath, [...ARGS, `examples/${name}.ts`], { cwd: ROOT });
    assert.deepEqual(stdout.trimEnd().split("\n"), lines);
  });
}
