import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chdir, cwd } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { documentedFiles, examplesOf, moduleOf } from "./_doc_examples.ts";

const kit = new URL("./_promised.ts", import.meta.url).href;

for (const file of documentedFiles()) {
  const examples = examplesOf(file);
  if (examples.length === 0) continue;
  test(`${file}: its examples run, and print what they say`, async () => {
    const directory = mkdtempSync(join(tmpdir(), "vfs-examples-"));
    const before = cwd();
    chdir(directory);
    try {
      for (const example of examples) {
        const path = join(directory, `line_${example.line}.ts`);
        writeFileSync(path, moduleOf(example, kit));
        try {
          await import(pathToFileURL(path).href);
        } catch (error) {
          throw new Error(`The example on line ${example.line} of ${file} fails`, { cause: error });
        }
      }
    } finally {
      chdir(before);
      rmSync(directory, { recursive: true });
    }
  });
}

test("the documentation has examples for most of what is exported", () => {
  const count = documentedFiles().flatMap(examplesOf).length;
  assert.ok(count >= 100, `${count} examples`);
});
