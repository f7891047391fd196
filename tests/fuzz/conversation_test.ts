/**
 * Conversations with a server in both versions, one guest alone and several at a time, with valid,
 * nearly valid and hostile frames, each answer held against a model byte by byte.
 *
 * `FUZZ_FRAMES` says how many frames (10,000 by default), `FUZZ_SECONDS` for how long instead, and
 * `FUZZ_SEED` where to begin: the seed of a run is printed. Long runs are quicker without a test
 * runner around them: `FUZZ_FRAMES=10000000 npm run fuzz`.
 */
import { test } from "node:test";
import { fuzz, fuzzOptions } from "./_run.ts";

test("a server answers what the model answers, whatever it is asked", async () => {
  console.log(`fuzz: ${await fuzz(fuzzOptions())}`);
});
