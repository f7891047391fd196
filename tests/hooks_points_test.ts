/**
 * What interception promises, point by point, in `hooks/points/`. Each test says which behaviour of
 * the reference implementation it refuses, and is shown to refuse it: on an engine that is built as
 * the reference is, it fails.
 */
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { NAIVE } from "./hooks/naive_provider.ts";
import { OURS, POINTS } from "./hooks/points/mod.ts";

for (const { point, name, refuses, run } of POINTS) {
  test(`${point}. ${name}`, () => run(OURS));

  if (refuses === undefined) continue;
  test(`${point}. ${name}: an engine does not pass that ${refuses}`, async () => {
    // It does another thing; that it lacks something would prove nothing.
    await assert.rejects(async () => await run(NAIVE), (error) => !(error instanceof TypeError));
  });
}

test("each of the fifteen points has a test that refuses what the reference does", () => {
  const refused = new Set(
    POINTS.filter((row) => row.refuses !== undefined).map((row) => row.point),
  );
  assert.deepEqual([...refused], Array.from({ length: 15 }, (_, i) => i + 1));
});
