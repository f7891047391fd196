/**
 * A path pattern that means nothing.
 *
 * @example
 * ```ts
 * import { Glob, GlobError } from "@vfs/server/core";
 *
 * try {
 *   new Glob("/w/[a-");
 * } catch (error) {
 *   console.log(error instanceof GlobError); // true
 * }
 * ```
 */
export class GlobError extends TypeError {
  /** The pattern. */
  readonly pattern: string;
  /** What is wrong with it. */
  readonly reason: string;

  /**
   * Says what is wrong with a pattern.
   *
   * @param pattern The pattern.
   * @param reason What is wrong with it, as a clause.
   */
  constructor(pattern: string, reason: string) {
    super(`Cannot read the pattern ${JSON.stringify(pattern)}: ${reason}`);
    this.pattern = pattern;
    this.reason = reason;
  }

  /** Always `"GlobError"`. */
  override get name(): string {
    return "GlobError";
  }
}
