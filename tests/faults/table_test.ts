import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { faultTable, README } from "./_table.ts";

test("README.md of the faults is what _table.ts makes of the tests", () => {
  assert.equal(readFileSync(README, "utf8"), faultTable(), "run: node tests/faults/_table.ts");
});
