import type { Awaitable } from "../fs/awaitable.ts";
import type { ErrnoCode } from "../fs/errno.ts";
import type { Decision } from "./decision.ts";
import type { HookMatcher } from "./matcher.ts";
import type { HookOp } from "./ops.ts";
import type { HookRequest, HookResult, HookTools } from "./request.ts";

/** When a hook runs: before the operation, to decide on it, or after it, to learn of it. */
export type HookPhase = "before" | "after";

/**
 * Decides on an operation.
 *
 * Returning nothing means to have no opinion: the next rule is asked. Throwing fails the operation:
 * with the errno of a {@link VfsError}, otherwise with EIO.
 */
export type BeforeHookFunc<Op extends HookOp = HookOp> = (
  request: HookRequest<Op>,
  tools: HookTools,
) => Awaitable<Decision<Op> | void>;

/** Learns of an operation that is over. What it returns or throws changes nothing for the caller. */
export type AfterHookFunc<Op extends HookOp = HookOp> = (
  request: HookRequest<Op>,
  result: HookResult,
  tools: HookTools,
) => Awaitable<void>;

/**
 * A hook made of functions. Pass it through {@link hook}, which has its types checked.
 *
 * @typeParam Op The operations that it is for.
 */
export interface Hook<Op extends HookOp = HookOp> {
  /** What events and messages call it (default: `hook` and its number). */
  readonly name?: string;
  /** May be left out: it follows from `before` or `after`. */
  readonly phase?: HookPhase;
  /** The operations it is for (default: all). */
  readonly ops?: readonly Op[];
  /** The paths it is for, as patterns (see {@link Glob}; default: all). */
  readonly pathPattern?: string | readonly string[];
  /** Whether it is for a request, beside `ops` and `pathPattern`. */
  readonly matcher?: HookMatcher;
  /** Decides before the operation. */
  readonly before?: BeforeHookFunc<Op>;
  /** Learns of it afterwards. */
  readonly after?: AfterHookFunc<Op>;
  /** For `after`: runs from a queue, and nobody waits for it (default false). */
  readonly async?: boolean;
  /** For `after`: runs for blocked operations as well (default false). */
  readonly blocked?: boolean;
  /** For `after`: does not run for operations that hooks cause (default false). */
  readonly sideEffect?: boolean;
  /** How long it may take, in milliseconds (default: the engine's). */
  readonly timeout?: number;
  /** For `before`: how the operation fails if it throws no errno, or is late (default `"EIO"`). */
  readonly errno?: ErrnoCode;
  /**
   * Whether it is for handles that were open before it was added to a running engine (default true).
   */
  readonly openHandles?: boolean;
}

/** A {@link Hook} whose types have been checked; what they were is forgotten. */
export interface CheckedHook {
  /** What events and messages call it. */
  readonly name?: string;
  /** Marks it: nothing but {@link hook} and the policies make one. */
  readonly [CHECKED]: true;
}

/** The mark of a checked hook. */
export const CHECKED: unique symbol = Symbol("checked hook");

/**
 * Makes a hook of functions.
 *
 * @param hook What it is for and what it does.
 * @returns What a {@link HookEngine} takes.
 *
 * @example
 * ```ts
 * import { block, hook, HookEngine } from "@vfs/server/core";
 *
 * const engine = new HookEngine([
 *   hook({
 *     name: "no-programs",
 *     ops: ["create"],
 *     pathPattern: "/w/**",
 *     before: (request) => (request.mode & 0o111) !== 0 ? block("EACCES") : undefined,
 *   }),
 * ]);
 * console.log(engine.size); // 1
 * ```
 */
export function hook<const Op extends HookOp = HookOp>(hook: Hook<Op>): CheckedHook {
  return { ...hook, [CHECKED]: true } as CheckedHook;
}
