/**
 * A 64-bit integer of the wire, exact: a `number` where that can hold it (up to
 * `Number.MAX_SAFE_INTEGER`, which is every value that honest peers send), a `bigint` beyond.
 */
export type Int64 = number | bigint;

/**
 * Gives a 64-bit integer the one form that {@link Int64} has for it.
 *
 * @param value Any integer.
 * @returns A `number` if the value is safe, otherwise the same `bigint`.
 *
 * @example
 * ```ts
 * import { toInt64 } from "@vfs/server/core";
 *
 * console.log(toInt64(7n), toInt64(2n ** 63n)); // 7 9223372036854775808n
 * ```
 */
export function toInt64(value: bigint): Int64 {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
