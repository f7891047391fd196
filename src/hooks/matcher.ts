import { Glob } from "./glob.ts";
import type { HookOp } from "./ops.ts";
import type { HookRequest } from "./request.ts";

/** Decides whether a hook is for a request. */
export interface HookMatcher {
  /**
   * Tells whether the hook is for a request. It answers at once.
   *
   * @param request What somebody asks for.
   */
  match(request: HookRequest): boolean;
}

/**
 * A matcher made of a function.
 *
 * A function can look at anything, so nothing is known of the paths that it is for: a renamed
 * directory is asked about name by name. Where a pattern says it as well, use `pathPattern`.
 *
 * @example
 * ```ts
 * import { block, hook, HookMatcherFunc } from "@vfs/server/core";
 *
 * hook({
 *   matcher: new HookMatcherFunc((request) => request.uid !== 0),
 *   ops: ["chown"],
 *   before: () => block("EPERM"),
 * });
 * ```
 */
export class HookMatcherFunc implements HookMatcher {
  readonly #match: (request: HookRequest) => boolean;

  /**
   * Matches by a function.
   *
   * @param match Tells whether the hook is for a request.
   */
  constructor(match: (request: HookRequest) => boolean) {
    this.#match = match;
  }

  /**
   * Asks the function.
   *
   * @param request What somebody asks for.
   * @returns What the function says.
   */
  match(request: HookRequest): boolean {
    return this.#match(request);
  }
}

/**
 * A matcher by operation and path pattern, for either end of an operation.
 *
 * @example
 * ```ts
 * import { hook, OpPathMatcher } from "@vfs/server/core";
 *
 * hook({
 *   matcher: new OpPathMatcher({ ops: ["write"], pathPattern: "/w/*" }),
 *   after: (request) => console.log(request.path),
 * });
 * ```
 */
export class OpPathMatcher implements HookMatcher {
  /** The operations; all if there are none. */
  readonly ops: readonly HookOp[];
  /** The patterns; `undefined` for every path. */
  readonly pathPattern: readonly string[] | undefined;
  readonly #globs: readonly Glob[] | undefined;

  /**
   * Matches by operation and path.
   *
   * @param options The operations and the patterns; what is left out matches everything.
   * @throws {GlobError} If a pattern is malformed.
   */
  constructor(options: {
    readonly ops?: readonly HookOp[];
    readonly pathPattern?: string | readonly string[];
  }) {
    this.ops = options.ops ?? [];
    const { pathPattern } = options;
    this.pathPattern = typeof pathPattern === "string" ? [pathPattern] : pathPattern;
    this.#globs = this.pathPattern?.map((pattern) => new Glob(pattern));
  }

  /**
   * Compares a request.
   *
   * @param request What somebody asks for.
   * @returns Whether its operation is one of these and one of its paths matches.
   */
  match(request: HookRequest): boolean {
    if (this.ops.length > 0 && !this.ops.includes(request.op)) return false;
    if (this.#globs === undefined) return true;
    const { path, newPath } = request;
    return this.#globs.some((glob) =>
      glob.matches(path) || (newPath !== undefined && glob.matches(newPath))
    );
  }
}
