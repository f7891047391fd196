import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { manPage } from "../scripts/man_page.ts";
import { COMMANDS } from "../src/cli/commands.ts";
import { COMMON_FLAGS } from "../src/cli/common_flags.ts";
import { flagName } from "../src/cli/flag.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

test("packaging/vfs-server.1 is what scripts/man_page.ts writes", () => {
  const { is, shouldBe } = manPage();
  assert.equal(is, shouldBe, "run: node scripts/man_page.ts");
});

/** Everything that shows commands: pages, and the files of the examples. */
const SHOWN = globSync("{*.md,docs/**/*.md,examples/**/*.{md,sh,service,json}}", { cwd: ROOT })
  .sort();

/** What of a file is commands: the blocks of a page, or all of it. */
function commandsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const blocks = file.endsWith(".md")
    ? [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map((match) => match[1]!)
    : [text];
  const code = blocks.join("\n").replaceAll("\\\n", " ");
  return code.split(/[\n|)&;]|"$/).map((line) => line.replace(/(^|\s)#.*/, ""))
    .flatMap((line) =>
      /(?:\bvfs-server|\$vfs_server|@vfs\/server|\bmod\.ts) +(.*)$/.exec(line)?.[1] ?? []
    )
    // Where the program is installed, or spoken of, it is not called.
    .filter((rest) => /^(--?[a-z]|[a-z]+($| ))/.test(rest) && !rest.startsWith("jsr:"));
}

test("no page and no example names a command or a flag that the program does not have", () => {
  const seen = new Map<string, number>();
  for (const file of SHOWN) {
    for (const rest of commandsOf(file)) {
      seen.set(file, (seen.get(file) ?? 0) + 1);
      const [first = ""] = rest.split(" ");
      const command = COMMANDS.find(({ name }) => name === first) ?? COMMANDS[0]!;
      assert.ok(first.startsWith("-") || first === command.name, `${file}: ${rest}`);
      const known = ["help", "version"].concat(
        Object.keys({ ...command.flags, ...COMMON_FLAGS }).map(flagName),
      );
      for (const [, flag] of rest.matchAll(/(?:^|\s)--([a-z-]+)/g)) {
        assert.ok(known.includes(flag!), `${file}: --${flag} in: ${rest}`);
      }
    }
  }
  assert.ok(seen.get("README.md")! >= 6, JSON.stringify([...seen]));
  assert.ok(seen.get("examples/container/run.sh") === 3, JSON.stringify([...seen]));
  assert.ok(seen.get("examples/systemd/vfs-server@.service") === 1, JSON.stringify([...seen]));
});
