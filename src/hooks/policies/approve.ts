import type { Awaitable } from "../../fs/awaitable.ts";
import { andThen } from "../../fs/awaitable.ts";
import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { CHANGE_OPS, type HookOp } from "../ops.ts";
import type { HookRequest } from "../request.ts";
import { type Patterns, treePatterns } from "./_patterns.ts";

/** How to ask for approval. */
export interface ApproveOptions {
  /**
   * What to ask for (default: opens, and every change but those of what is open: whoever may open
   * a file for writing may write).
   */
  readonly ops?: readonly HookOp[];
  /** How long an answer may take, in milliseconds; then it is no (default 60,000). */
  readonly timeout?: number;
  /** What an operation fails with that is not approved (default `"EACCES"`). */
  readonly errno?: ErrnoCode;
}

const DEFAULT_OPS: readonly HookOp[] = [
  "open",
  ...CHANGE_OPS.filter((op) => op !== "write" && op !== "allocate"),
];

/** For how many operations answers are remembered: one can be asked about several things. */
const REMEMBERED = 1024;

/**
 * Asks somebody before an operation on matching paths, or on what is below them, is done. It is
 * asked once for each operation; no answer in time is no.
 *
 * @param patterns What to ask for (see {@link Glob}).
 * @param ask Says whether the operation may be done.
 * @param options For which operations, and for how long.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { approve, HookEngine } from "@vfs/server/core";
 *
 * const engine = new HookEngine([
 *   approve("/w/deploy/**", async (request) => {
 *     console.log(`May ${request.origin} ${request.op} ${request.path}?`);
 *     return await Promise.resolve(false);
 *   }, { timeout: 30_000 }),
 * ]);
 * ```
 */
export function approve(
  patterns: Patterns,
  ask: (request: HookRequest) => Awaitable<boolean>,
  options: ApproveOptions = {},
): CheckedHook {
  const { ops = DEFAULT_OPS, timeout = 60_000, errno = "EACCES" } = options;
  const answers = new Map<number, Awaitable<boolean>>();
  return checkedHook({
    name: "approve",
    ops,
    pathPattern: treePatterns(patterns),
    timeout,
    errno,
    before: (request) => {
      const { id } = request;
      let answer = answers.get(id);
      if (answer === undefined) {
        answer = ask(request);
        answers.set(id, answer);
        if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value!);
      }
      return andThen(answer, (isApproved) => isApproved === true ? undefined : block(errno));
    },
  });
}
