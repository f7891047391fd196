import type { Decision } from "./decision.ts";
import { type AfterHookFunc, type BeforeHookFunc, CHECKED, type CheckedHook } from "./hook.ts";
import type { Hook } from "./hook.ts";
import type { Redirect, Stream } from "./_layers.ts";
import type { FileTransform } from "./transform_types.ts";

/** All that a hook can be: what people write, and what only the policies of this package use. */
export interface HookSpec extends Omit<Hook, "before" | "after"> {
  readonly before?: BeforeHookFunc;
  readonly after?: AfterHookFunc;
  /** The decision, where it is known beforehand and nobody has to be called. */
  readonly decision?: Decision;
  /** Whether a symlink is matched by its target as well (default true). */
  readonly targets?: boolean;
  /** Whether upper and lower case are the same (default: the engine's). */
  readonly ignoreCase?: boolean;
  /** Lets matching files live elsewhere. */
  readonly redirect?: Redirect;
  /** What their bytes go through, chunk by chunk. */
  readonly stream?: Stream;
  /** What they go through as a whole. */
  readonly whole?: FileTransform;
}

/** Hands a hook out to people, who pass it to an engine. */
export function checkedHook(spec: HookSpec): CheckedHook {
  return { ...spec, [CHECKED]: true } as CheckedHook;
}
