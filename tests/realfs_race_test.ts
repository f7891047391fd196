import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { NaiveProvider } from "./race/_naive_provider.ts";
import { OPERATIONS } from "./race/_operations.ts";
import { type Outcome, race } from "./race/_run.ts";
import { eachImplementation } from "./realfs/_implementations.ts";

// The documented runs take 30 seconds for each operation: RACE_SECONDS=30.
const SECONDS = Number(process.env.RACE_SECONDS ?? 0.03);

const NAME = "fault 56: no operation leaves the directory while names are exchanged under it";

for (const { kind, isHere, check } of eachImplementation()) {
  // "exclusive" promises that there is no such attacker. If there is, it leads nowhere either.
  for (const exclusive of [false, true]) {
    const how = exclusive ? `exclusive, ${kind}` : kind;
    for (const operation of OPERATIONS) {
      // The one thing that it says may then happen.
      if (exclusive && operation.name === "open, not a fifo") continue;
      test(`${NAME}: ${operation.name}, ${how}`, async () => {
        if (!isHere) return check();
        const serve = (root: string) =>
          new RealDirectoryProvider(root, { syscalls: kind, exclusive });
        const outcome = await race(serve, operation, SECONDS);
        report(how, operation.name, outcome);
        assert.equal(outcome.escapes, 0);
        assert.ok(outcome.done + outcome.refused > 0);
      });
    }
  }
}

for (const operation of OPERATIONS) {
  test(`the race is one: ${operation.name} of a naive server leaves the directory`, async () => {
    // What cannot be seen at once is seen soon: how soon is a matter of the machine.
    for (let seconds = SECONDS;; seconds *= 2) {
      const outcome = await race((root) => new NaiveProvider(root), operation, seconds);
      report("naive", operation.name, outcome);
      if (outcome.escapes > 0) return;
      assert.ok(seconds < 60, "The naive server never left the directory");
    }
  });
}

function report(kind: string, name: string, { done, refused, escapes }: Outcome): void {
  if (process.env.RACE_SECONDS === undefined) return;
  console.log(`${kind} ${name}: ${done} done, ${refused} refused, ${escapes} escapes`);
}
