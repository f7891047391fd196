import type { ErrnoCode } from "../../fs/errno.ts";
import { mayModify } from "../../fs/flags.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { CHANGE_OPS } from "../ops.ts";
import { type Patterns, treePatterns } from "./_patterns.ts";

/**
 * Refuses every change of matching paths and of what is below them: by any of their names, through
 * handles that are open, and by renaming or removing a directory that they are in.
 *
 * @param patterns What not to change (see {@link Glob}; default everything).
 * @param errno What a change fails with (default `"EROFS"`).
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { HookEngine, readOnly } from "@vfs/server/core";
 *
 * const engine = new HookEngine([readOnly("/lib/**")]);
 * ```
 */
export function readOnly(patterns: Patterns = "**", errno: ErrnoCode = "EROFS"): CheckedHook[] {
  const pathPattern = treePatterns(patterns);
  return [
    checkedHook({
      name: "readOnly",
      ops: CHANGE_OPS,
      pathPattern,
      // A link from elsewhere that leads here changes nothing here.
      targets: false,
      decision: block(errno),
    }),
    checkedHook({
      name: "readOnly",
      ops: ["open"],
      pathPattern,
      before: ({ flags }) => mayModify(flags) ? block(errno) : undefined,
    }),
  ];
}
