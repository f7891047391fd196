/** The fuzzing of `conversation_test.ts` without a test runner, for hours if need be. */
import { fuzz, fuzzOptions } from "./_run.ts";

console.log(await fuzz(fuzzOptions()));
