/** The completions, typed in the shells that they are for, where the machine has them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { test } from "node:test";
import { inDirectory, RUNTIMES, succeed, unpackInto, withoutPrograms } from "./_kit.ts";

/** How a shell is started with nothing of its user's, and how it takes the completions in. */
const SHELLS: Readonly<Record<string, { start: string; load: (script: string) => string }>> = {
  bash: { start: "bash --norc --noprofile -i", load: (script) => `source ${script}` },
  zsh: {
    start: "zsh -f -i",
    load: (script) => `autoload -U compinit; compinit -u -D; source ${script}`,
  },
  fish: { start: "fish --no-config -i", load: (script) => `source ${script}` },
};

/** What is typed, and what the program is then given. */
const CASES: readonly (readonly [typed: string, given: string])[] = [
  ["vfs-server compl\t bash", "completions bash"],
  ["vfs-server --sock\t a", "--socket a"],
  ["vfs-server serve --log-format js\t", "serve --log-format json"],
];

/** A shell in a terminal of its own. */
class Terminal {
  readonly #child: ChildProcess;
  #seen = "";

  constructor(command: string, cwd: string, path: string) {
    this.#child = spawn("script", ["--quiet", "--flush", "--command", command, "/dev/null"], {
      cwd,
      env: { ...env, HOME: cwd, PATH: path, TERM: "vt100", HISTFILE: "/dev/null" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => this.#seen += text);
  }

  /** Types, and waits for what is to be seen after it. */
  async type(text: string, awaited: string): Promise<void> {
    this.#seen = "";
    this.#child.stdin!.write(text);
    while (!this.#seen.includes(awaited)) {
      assert.equal(this.#child.exitCode, null, this.#seen);
      const waiting = AbortSignal.timeout(60_000);
      await once(this.#child.stdout!, "data", { signal: waiting }).catch(() => {
        assert.fail(`${JSON.stringify(text)} shows ${JSON.stringify(this.#seen)}`);
      });
    }
  }

  /** Its terminal gone, the shell ends. */
  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const closed = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await closed;
  }
}

for (const [shell, { start, load }] of Object.entries(SHELLS)) {
  const skip = withoutPrograms(shell, "script");
  test(`${shell} completes commands, flags and words`, { skip }, () =>
    inDirectory(async (cwd) => {
      await unpackInto(cwd);
      const bin = "node_modules/@vfs/server/dist/bin.js";
      const script = join(cwd, `completions.${shell}`);
      writeFileSync(
        script,
        await succeed(RUNTIMES["node22"]!, [bin, "completions", shell], { cwd }),
      );
      // A program of this name, which shows what it is given.
      mkdirSync(join(cwd, "bin"));
      writeFileSync(join(cwd, "bin", "vfs-server"), `#!/bin/sh\necho "[given $*]"\n`);
      chmodSync(join(cwd, "bin", "vfs-server"), 0o755);
      const terminal = new Terminal(start, cwd, `${join(cwd, "bin")}:/usr/bin:/bin`);
      try {
        // The quotes keep apart what is typed, which is seen as well, and what is answered.
        await terminal.type(`${load(script)}; echo lo"ad"ed\r`, "loaded");
        for (const [typed, given] of CASES) {
          await terminal.type(`${typed}\r`, `[given ${given}]`);
        }
      } finally {
        await terminal.close();
      }
    }));
}
