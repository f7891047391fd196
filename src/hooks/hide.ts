import { checkedHook } from "./_hook_spec.ts";
import type { HideDecision } from "./decision.ts";
import type { CheckedHook } from "./hook.ts";
import { POLICY_OPS } from "./ops.ts";
import { type Patterns, treePatterns } from "./policies/_patterns.ts";

const HIDE: HideDecision = Object.freeze({ kind: "hide" });

/**
 * As a decision: there is nothing of that name. The operation fails with ENOENT, and one that would
 * make the name with EACCES. A hook on `stat` that decides so is asked about every name of a listing
 * as well, and what it hides is left out.
 *
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { hide, hook } from "@vfs/server/core";
 *
 * hook({ pathPattern: "*.key", before: (request) => request.uid === 0 ? undefined : hide() });
 * ```
 */
export function hide(): HideDecision;
/**
 * As a policy: hides matching paths and what is below them. They are absent from listings, ENOENT by
 * every operation and every name, also by another link, and cannot be made (EACCES). A directory
 * with something hidden in it cannot be removed (ENOTEMPTY).
 *
 * @param patterns What to hide (see {@link Glob}).
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { hide, HookEngine } from "@vfs/server/core";
 *
 * const engine = new HookEngine([hide([".env*", "**" + "/.ssh/**"])]);
 * ```
 */
export function hide(patterns: Patterns): CheckedHook;
export function hide(patterns?: Patterns): HideDecision | CheckedHook {
  if (patterns === undefined) return HIDE;
  return checkedHook({
    name: "hide",
    ops: POLICY_OPS,
    pathPattern: treePatterns(patterns),
    // What a link says is text: it neither shows nor changes what it leads to.
    targets: false,
    decision: HIDE,
  });
}
