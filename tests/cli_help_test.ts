import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cliPage } from "../scripts/cli_page.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import { COMMON_FLAGS } from "../src/cli/common_flags.ts";
import { SHELLS } from "../src/cli/completion_script.ts";
import { flagName } from "../src/cli/flag.ts";
import { parseFlags } from "../src/cli/parse_flags.ts";
import { VERSION } from "../src/cli/version.ts";
import { run } from "./_fake_runtime.ts";

const HELPS = [["--help"], ...COMMANDS.map(({ name }) => [name, "-h"])];

test("--help fits into 80 columns and goes to the standard output", async () => {
  for (const args of HELPS) {
    const { out, err, exitCode } = await run(args);
    assert.deepEqual([err, exitCode], ["", 0]);
    for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
    assert.doesNotMatch(out, / $/m);
  }
});

test("--help of the program names every command, and fits on one page", async () => {
  const { out } = await run(["--help"]);
  for (const { name, summary } of COMMANDS) assert.ok(out.includes(`  ${name} `), summary);
  assert.ok(out.split("\n").length <= 67);
});

test("--help of a command names every flag, and its examples are right", async () => {
  for (const command of COMMANDS) {
    const { out } = await run([command.name, "--help"]);
    for (const key of Object.keys({ ...command.flags, ...COMMON_FLAGS })) {
      assert.ok(out.includes(`--${flagName(key)}`), `${command.name} --${flagName(key)}`);
    }
    assert.ok(command.examples.length > 0);
    for (const { line } of command.examples) {
      assert.ok(out.includes(`\n  ${line}\n`), line);
      const words = line.slice(line.indexOf("vfs-server")).split(/[>)]/)[0]!.trim().split(" ");
      const args = words.slice(words[1] === command.name ? 2 : 1);
      const { operands } = parseFlags(command.flags, args);
      const [least, most] = command.operands;
      assert.ok(operands.length >= least && operands.length <= most, line);
    }
  }
});

test("--help comes before mistakes, and is no flag after --", async () => {
  assert.match((await run(["--sokcet", "--help"])).out, /^vfs-server/);
  assert.equal((await run(["stat", "--socket", "x", "--", "--help"])).exitCode, 1);
});

test("commands and flags have names that a shell and a reader can take", () => {
  for (const command of COMMANDS) {
    assert.match(command.name, /^[a-z]+$/);
    const letters = new Set<string>();
    for (const [key, { short, summary }] of Object.entries({ ...command.flags, ...COMMON_FLAGS })) {
      assert.match(flagName(key), /^[a-z]+(-[a-z]+)*$/);
      assert.doesNotMatch(summary, /\.$|^[A-Z]/);
      if (short === undefined) continue;
      assert.ok(!letters.has(short), `${command.name} -${short} is there twice`);
      letters.add(short);
    }
  }
});

test("--version tells the version that the manifests tell", async () => {
  const { out, exitCode } = await run(["--version"]);
  assert.equal(out, `vfs-server ${VERSION} (node 0.0.0)\n`);
  assert.equal(exitCode, 0);
  assert.equal((await run(["ls", "--version"])).out, out);
  for (const file of ["deno.json", "package.json"]) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
    assert.equal(JSON.parse(text).version, VERSION, file);
  }
});

test("completions names every command and flag in every shell", async () => {
  for (const shell of SHELLS) {
    const { out, exitCode } = await run(["completions", shell]);
    assert.equal(exitCode, 0);
    for (const { name, flags } of COMMANDS) {
      assert.match(out, new RegExp(`\\b${name}\\b`));
      for (const key of Object.keys(flags)) assert.ok(out.includes(flagName(key)), key);
    }
  }
  const { err, exitCode } = await run(["completions", "tcsh"]);
  assert.equal(err, 'vfs-server: unknown shell "tcsh": there are bash, zsh, fish\n');
  assert.equal(exitCode, 2);
});

test("completions completes in a bash", async () => {
  const directory = mkdtempSync(join(tmpdir(), "vfs-completions-"));
  try {
    writeFileSync(join(directory, "script"), (await run(["completions", "bash"])).out);
    const complete = (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const program = `source ./script; COMP_WORDS=(vfs-server ${quoted}); ` +
        `COMP_CWORD=${words.length}; _vfs_server; echo "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", program], {
        cwd: directory,
        encoding: "utf8",
      });
      assert.equal(stderr, "");
      return stdout.trimEnd();
    };
    assert.equal(complete("s"), "serve stat");
    assert.equal(complete("--so"), "--socket --socket-mode");
    assert.equal(complete("--log-format", ""), "text json");
    assert.equal(complete("--log-format", "j"), "json");
    assert.equal(complete("ls", "--"), "--long --json --socket --timeout --help --version");
    assert.equal(complete("rm", "--re"), "--recursive");
    assert.equal(complete("cat", "x"), "");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("docs/CLI.md shows the help that the program shows", () => {
  const { is, shouldBe } = cliPage();
  assert.equal(is, shouldBe, "run scripts/cli_page.ts");
});
