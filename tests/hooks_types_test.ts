import { test } from "node:test";
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TSC = `${ROOT}/node_modules/.bin/tsc`;
const OPTIONS =
  "--ignoreConfig --noEmit --strict --target esnext --module nodenext --allowImportingTsExtensions " +
  "--exactOptionalPropertyTypes --verbatimModuleSyntax --skipLibCheck --types node";

test("a decision that does not fit the operation does not compile", async () => {
  const run = promisify(execFile);
  const path = `${ROOT}/tests/hooks/decisions.ts`;
  const { stdout } = await run(TSC, [...OPTIONS.split(" "), path], { cwd: ROOT });
  assert.equal(stdout, "");
});
