import type { Awaitable } from "../fs/awaitable.ts";
import type { ErrnoCode } from "../fs/errno.ts";
import type { Decision } from "./decision.ts";
import type { AfterHookFunc, HookPhase } from "./hook.ts";
import type { HookOp } from "./ops.ts";
import type { HookRequest, HookTools } from "./request.ts";

/** What a rule does with an operation that it matches. */
export type HookAction = "allow" | "block" | "hide" | "delay" | "mutate_write";

/** All actions. */
export const HOOK_ACTIONS: readonly HookAction[] = [
  "allow",
  "block",
  "hide",
  "delay",
  "mutate_write",
];

/** Looks at a request and says what to do: an action, a decision, or nothing to have no opinion. */
export type ActionFunc = (
  request: HookRequest,
  tools: HookTools,
) => Awaitable<"allow" | "block" | "hide" | Decision | void>;

/** What a {@link MutateWriteFunc} is asked to replace. */
export interface MutateWriteRequest {
  /** The file that was written. */
  readonly path: string;
  /** Where the content begins: always 0, the whole file is replaced. */
  readonly offset: number;
  /** How many bytes were written. */
  readonly size: number;
  /** The bytes that were written: a copy. */
  readonly data: Uint8Array;
  /** The mode of the file. */
  readonly mode: number;
  /** The caller's user id. */
  readonly uid: number;
  /** The caller's group id. */
  readonly gid: number;
}

/** Gives what a file shall hold instead of what was written. Throwing fails the write. */
export type MutateWriteFunc = (request: MutateWriteRequest) => Awaitable<Uint8Array | string>;

/**
 * A rule: which operations, on which paths, and what to do with them.
 *
 * Rules are asked in order, and the first that decides wins: an `allow` before a `block` is an
 * exception from it. Rules without functions are JSON-safe: {@link parseRules} reads them.
 *
 * @example
 * ```ts
 * import { HookEngine, type HookRule } from "@vfs/server/core";
 *
 * const rules: HookRule[] = [
 *   { pathPattern: "/w/.env.example", action: "allow" },
 *   { name: "no-secrets", pathPattern: "/w/.env*", action: "block", errno: "EACCES" },
 * ];
 * console.log(new HookEngine(rules).size); // 2
 * ```
 */
export interface HookRule {
  /** What events and messages call it (default: `rule` and its number). */
  readonly name?: string;
  /** When it is asked (default `"before"`; `"after"` for a rule with a `hook`). */
  readonly phase?: HookPhase;
  /** The operations it is for (default: all that the action can be for). */
  readonly ops?: readonly HookOp[];
  /** The paths it is for, as patterns (see {@link Glob}; default: all). */
  readonly pathPattern?: string | readonly string[];
  /** What to do. */
  readonly action?: HookAction;
  /** For `block`: the errno (default `"EPERM"`). */
  readonly errno?: ErrnoCode;
  /** For `delay`: how long, in milliseconds. */
  readonly delay?: number;
  /** For `mutate_write`: what the file holds instead of what was written; text as UTF-8. */
  readonly mutateWrite?: Uint8Array | string;
  /** For `mutate_write`: gives what the file holds instead. */
  readonly mutateWriteFunc?: MutateWriteFunc;
  /** Instead of `action`: looks at the request and says what to do. */
  readonly actionFunc?: ActionFunc;
  /** For the phase `after`: learns of the operation. */
  readonly hook?: AfterHookFunc;
  /** For `hook`: runs from a queue, and nobody waits for it (default false). */
  readonly async?: boolean;
  /** For `hook`: does not run for operations that hooks cause (default false). */
  readonly sideEffect?: boolean;
  /** How long a function may take, in milliseconds (default: the engine's). */
  readonly timeout?: number;
  /** Whether it is for handles that were open before it was added (default true). */
  readonly openHandles?: boolean;
}
