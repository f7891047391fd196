import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { manPage } from "../scripts/man_page.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import { COMMON_FLAGS } from "../src/cli/common_flags.ts";
import { flagName } from "../src/cli/flag.ts";

test("packaging/vfs-server.1 is what scripts/man_page.ts writes", () => {
  const { is, shouldBe } = manPage();
  assert.equal(is, shouldBe, "run: node scripts/man_page.ts");
});

test("README.md names no command and no flag that the program does not have", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const shell = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1]!).join("\n")
    .replaceAll("\\\n", " ");
  const lines = shell.split(/[\n|]/).map((line) => line.replace(/\s#.*/, ""));
  let seen = 0;
  for (const line of lines) {
    const [, rest] = /(?:\bvfs-server|@vfs\/server|\bmod\.ts)(?:\s+(.*))?$/.exec(line) ?? [];
    if (rest === undefined) continue;
    seen++;
    const [first = ""] = rest.split(" ");
    const command = COMMANDS.find(({ name }) => name === first) ?? COMMANDS[0]!;
    assert.ok(first.startsWith("-") || first === command.name, line);
    const known = ["help", "version"].concat(
      Object.keys({ ...command.flags, ...COMMON_FLAGS }).map(flagName),
    );
    for (const [, flag] of rest.matchAll(/(?:^|\s)--([a-z-]+)/g)) {
      assert.ok(known.includes(flag!), `--${flag} in: ${line}`);
    }
  }
  assert.ok(seen >= 3, `${seen} lines`);
});
