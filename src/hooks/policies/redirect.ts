import type { Provider } from "../../fs/provider.ts";
import { checkedHook } from "../_hook_spec.ts";
import type { CheckedHook } from "../hook.ts";
import { RedirectProvider } from "../layers/_redirect_provider.ts";
import { type Patterns, treePatterns } from "./_patterns.ts";

/**
 * Lets matching paths, and what is below them, live in another tree, under the same names: whatever
 * a guest makes there goes to a scratch place. What the first tree has under these names is not to
 * be seen. A rename or link from one to the other fails with EXDEV, upon which programs copy.
 *
 * It is there from the start of an {@link InterceptProvider}, not added later.
 *
 * @param patterns What lives elsewhere (see {@link Glob}).
 * @param provider Where. Directories on the way are made in it when something is made there.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { HookEngine, MemoryProvider, redirect } from "@vfs/server/core";
 *
 * const engine = new HookEngine([redirect(["node_modules", "*.log"], new MemoryProvider())]);
 * ```
 */
export function redirect(patterns: Patterns, provider: Provider): CheckedHook {
  return checkedHook({
    name: "redirect",
    pathPattern: treePatterns(patterns),
    redirect: (inner, globs, index) => new RedirectProvider(inner, provider, globs, index),
  });
}
