/**
 * Decides about another attempt to connect.
 *
 * @param attempt How many attempts have failed since the connection was lost, from 0.
 * @param error Why the last one failed, or the connection was lost.
 * @returns How many milliseconds to wait before the next, or `undefined` to give up.
 */
export type ReconnectPolicy = (attempt: number, error: unknown) => number | undefined;

/**
 * Waits twice as long before each attempt as before the one before, a little more or less so that
 * many clients do not come at the same time.
 *
 * @param first How long before the second attempt, in milliseconds; the first is made at once.
 * @param longest The longest wait.
 * @param attempts How many attempts; default any number.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { backoff } from "@vfs/server/core";
 *
 * const policy = backoff(50, 5000, 3);
 * console.log(policy(0, undefined), policy(3, undefined)); // 0 undefined
 * ```
 */
export function backoff(
  first = 50,
  longest = 5000,
  attempts: number = Infinity,
): ReconnectPolicy {
  return (attempt) => {
    if (attempt >= attempts) return undefined;
    if (attempt === 0) return 0;
    return Math.min(longest, first * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
  };
}
