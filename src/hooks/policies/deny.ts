import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { POLICY_OPS } from "../ops.ts";
import { type Patterns, treePatterns } from "./_patterns.ts";

/**
 * Refuses everything that is asked of matching paths and of what is below them: by any of its
 * names, through handles that are open, and as the target of a rename or a link. Their names stay
 * visible; {@link hide} hides those as well.
 *
 * @param patterns What to refuse (see {@link Glob}).
 * @param errno What it fails with (default `"EACCES"`).
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { deny, HookEngine } from "@vfs/server/core";
 *
 * const engine = new HookEngine([deny(["/w/secret", "*.pem"])]);
 * ```
 */
export function deny(patterns: Patterns, errno: ErrnoCode = "EACCES"): CheckedHook {
  return checkedHook({
    name: "deny",
    ops: POLICY_OPS,
    pathPattern: treePatterns(patterns),
    decision: block(errno),
  });
}
