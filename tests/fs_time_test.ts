import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { now, timespecFromMs, timespecToMs } from "../src/fs/mod.ts";

test("timespecFromMs() keeps nanoseconds positive, also before 1970", () => {
  assert.deepEqual(timespecFromMs(0), { sec: 0, nsec: 0 });
  assert.deepEqual(timespecFromMs(1), { sec: 0, nsec: 1_000_000 });
  assert.deepEqual(timespecFromMs(-1), { sec: -1, nsec: 999_000_000 });
  assert.deepEqual(timespecFromMs(-1000), { sec: -1, nsec: 0 });
  assert.deepEqual(timespecFromMs(1234.5), { sec: 1, nsec: 234_500_000 });
});

test("timespecFromMs() and timespecToMs() undo each other for whole milliseconds", () => {
  const ms = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
  fc.assert(
    fc.property(ms, (value) => {
      const time = timespecFromMs(value);
      assert.ok(time.nsec >= 0 && time.nsec < 1e9 && Number.isInteger(time.nsec));
      assert.equal(timespecToMs(time), value);
    }),
    { numRuns: 1000 },
  );
});

test("timespecFromMs() makes valid nanoseconds of any fraction", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e13, max: 1e13, noNaN: true }), (value) => {
      const { sec, nsec } = timespecFromMs(value);
      assert.ok(Number.isInteger(sec) && Number.isInteger(nsec) && nsec >= 0 && nsec < 1e9);
    }),
    { numRuns: 1000 },
  );
});

test("now() is the time of Date, and never goes back within a program that runs", () => {
  const before = Date.now();
  const times = Array.from({ length: 1000 }, () => timespecToMs(now()));
  const after = Date.now();
  for (const time of times) assert.ok(time >= before && time <= after);
});
