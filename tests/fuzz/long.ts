/**
 * The fuzzing of `conversation_test.ts` without a test runner, for hours if need be; says ten times
 * on the way how much memory there is, and fails if it grows.
 */
import { fuzz, fuzzOptions } from "./_run.ts";

console.log(await fuzz({ ...fuzzOptions(), onProgress: (line) => console.log(line) }));
