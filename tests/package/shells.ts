/** The completions, in the shells that they are for, where the machine has them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inDirectory, RUNTIMES, succeed, unpackInto } from "./_kit.ts";

/** How a shell is asked what it would offer after the words of a line; one offer for each line. */
const SHELLS: Readonly<Record<string, (script: string, words: string[]) => string>> = {
  bash: (script, words) =>
    `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); ` +
    `COMP_CWORD=${words.length - 1}; _vfs_server; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (script, words) =>
    `source ${script}; complete -C '${words.join(" ")}' | string split -f1 \\t`,
  // The completion system of zsh runs in a terminal only: here, its functions show what they are given.
  zsh: (script, words) =>
    `compdef() { : }; _arguments() { print -rl -- "$@" }; _describe() { print -rl -- \${(P)2} }; ` +
    `source ${script}; words=(${words.map((word) => `'${word}'`).join(" ")}); ` +
    `CURRENT=${words.length}; PREFIX=$words[-1]; _vfs_server`,
};

const CASES: readonly (readonly [words: string[], wanted: string])[] = [
  [["vfs-server", "compl"], "completions"],
  [["vfs-server", "--sock"], "--socket"],
  [["vfs-server", "serve", "--log-format", "js"], "json"],
];

for (const [shell, ask] of Object.entries(SHELLS)) {
  test(`${shell} completes commands, flags and words`, () =>
    inDirectory(async (cwd) => {
      if (spawnSync(shell, ["-c", "exit 0"]).error !== undefined) {
        return console.log(`${shell} is not installed`);
      }
      await unpackInto(cwd);
      const bin = "node_modules/@vfs/server/dist/bin.js";
      const script = join(cwd, `completions.${shell}`);
      writeFileSync(
        script,
        await succeed(RUNTIMES["node22"]!, [bin, "completions", shell], { cwd }),
      );
      for (const [words, wanted] of CASES) {
        const args = shell === "bash"
          ? ["--norc", "-c"]
          : shell === "fish"
          ? ["-N", "-c"]
          : ["-f", "-c"];
        const text = await succeed(shell, [...args, ask(script, words)], { cwd });
        assert.ok(text.split(/[^a-z-]+/).includes(wanted), `${words.join(" ")}: ${text}`);
      }
    }));
}
