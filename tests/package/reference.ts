/** The reference that `npm run docs` writes. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { writeReference } from "../../scripts/reference.ts";
import { inDirectory, ROOT } from "./_kit.ts";

test("the reference has a page for every entry point and symbol, and its links lead there", () =>
  inDirectory((cwd) => {
    // Where it goes is made, too.
    const start = writeReference(join(cwd, "not", "there"));
    const pages = new Set([start]);
    for (const page of pages) {
      const html = readFileSync(page, "utf8").replaceAll("&#x2F;", "/");
      for (const [, href] of html.matchAll(/<a [^>]*?href="([^"#]*\.html)/g)) {
        const target = normalize(join(dirname(page), decodeURIComponent(href!)));
        assert.ok(existsSync(target), `${page} names ${href}`);
        pages.add(target);
      }
    }
    const root = dirname(start);
    const { exports } = JSON.parse(readFileSync(join(ROOT, "deno.json"), "utf8"));
    for (const entry of Object.keys(exports)) assert.ok(pages.has(join(root, entry, "index.html")));
    assert.ok(pages.has(join(root, "core", "~", "VfsServer.html")));
    const usage = readFileSync(join(root, "core", "~", "VfsServer.html"), "utf8");
    assert.ok(usage.includes("import { VfsServer } from &quot;@vfs/server/core&quot;;"));
    console.log(`${pages.size} pages`);
    return Promise.resolve();
  }));
