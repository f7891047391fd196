import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block, delay } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { type HookOp, POLICY_OPS } from "../ops.ts";
import type { Patterns } from "./_patterns.ts";

/** How many operations there may be. */
export interface RateLimitOptions {
  /** How many a second, on average. */
  readonly perSecond: number;
  /** How many at once after a pause (default as many as a second). */
  readonly burst?: number;
  /** Which operations (default all but close). */
  readonly ops?: readonly HookOp[];
  /** On which paths (see {@link Glob}; default all). */
  readonly path?: Patterns;
  /** What more fails with; left out, it waits for its turn. */
  readonly errno?: ErrnoCode;
  /** The clock, in milliseconds (default `performance.now`). */
  readonly now?: () => number;
}

/**
 * Limits how many operations there are in a second. More wait for their turn, or fail.
 *
 * @param options How many, and of which kind.
 * @returns The policy.
 * @throws {RangeError} If a number is not greater than 0.
 *
 * @example
 * ```ts
 * import { HookEngine, rateLimit } from "@vfs/server/core";
 *
 * const engine = new HookEngine([rateLimit({ ops: ["create", "mkdir"], perSecond: 100 })]);
 * ```
 */
export function rateLimit(options: RateLimitOptions): CheckedHook {
  const { perSecond, burst = perSecond, ops = POLICY_OPS, path, errno } = options;
  if (!(perSecond > 0) || !(burst > 0)) {
    throw new RangeError(`Cannot limit to ${perSecond} a second, ${burst} at once: not above 0`);
  }
  const now = options.now ?? (() => performance.now());
  let tokens = burst;
  let last = now();
  return checkedHook({
    name: "rateLimit",
    ops,
    ...(path === undefined ? undefined : { pathPattern: path }),
    before: ({ op, cause }) => {
      // Counted is what was asked for, not all that it amounts to.
      if (op !== cause) return undefined;
      const time = now();
      tokens = Math.min(burst, tokens + (time - last) / 1000 * perSecond);
      last = time;
      if (errno !== undefined && tokens < 1) return block(errno);
      tokens--;
      // Who takes a token that is not there yet waits until it is.
      return tokens < 0 ? delay(Math.min(-tokens / perSecond * 1000, 2 ** 31 - 1)) : undefined;
    },
  });
}
