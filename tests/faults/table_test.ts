import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { faultTable, PROTOCOL_CASES, README, versionsOf } from "./_table.ts";

test("README.md of the faults is what _table.ts makes of the tests", () => {
  assert.equal(readFileSync(README, "utf8"), faultTable(), "run: node tests/faults/_table.ts");
});

test("every case of the protocol is held for both versions", () => {
  for (let number = 1; number <= PROTOCOL_CASES; number++) {
    assert.deepEqual(versionsOf(number), ["1", "2"], `case ${number}`);
  }
});
