import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const pages = globSync("{*.md,docs/**/*.md,examples/**/*.md}", { cwd: ROOT }).sort();
const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** The links of a page, without those in code. */
function linksOf(page: string): string[] {
  const prose = read(page).replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
}

/** What a heading is called in a link, as the hosts of repositories make it. */
function anchorsOf(page: string): string[] {
  const prose = read(page).replaceAll(/^```[^]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

for (const page of pages) {
  test(`${page}: its links lead somewhere`, () => {
    for (const link of linksOf(page)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path, anchor] = link.split("#") as [string, string | undefined];
      const target = path === "" ? page : normalize(join(dirname(page), path));
      assert.ok(existsSync(join(ROOT, target)), `${link}: there is no ${target}`);
      if (anchor !== undefined) {
        assert.ok(anchorsOf(target).includes(anchor), `${link}: no heading`);
      }
    }
  });
}

test("every page of the docs can be reached from docs/README.md", () => {
  const reached = new Set(["docs/README.md"]);
  for (const page of reached) {
    if (!page.endsWith(".md")) continue;
    for (const link of linksOf(page)) {
      if (/^[a-z]+:|^#/.test(link)) continue;
      reached.add(normalize(join(dirname(page), link.split("#")[0]!)));
    }
  }
  const lost = pages.filter((page) => !reached.has(page));
  assert.deepEqual(lost.filter((page) => page.startsWith("docs/")), []);
});
