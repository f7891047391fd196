/**
 * An answer that is either at hand or promised.
 *
 * A provider that knows the answer returns it as it is, and the server replies in the same turn of
 * the event loop without allocating a promise. A provider that has to wait returns a promise.
 */
export type Awaitable<T> = T | PromiseLike<T>;

/**
 * Tells a promised answer from an immediate one.
 *
 * @param value What an operation returned.
 * @returns Whether the value must be awaited.
 *
 * @example
 * ```ts
 * import { isPromiseLike } from "@vfs/server/core";
 *
 * console.log(isPromiseLike(Promise.resolve(1)), isPromiseLike(1)); // true false
 * ```
 */
export function isPromiseLike<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

/**
 * Goes on with an answer, at once where it is at hand and later where it is promised.
 *
 * @param value The answer to go on with.
 * @param next What to do with it.
 * @returns What `next` returned, promised if `value` was.
 *
 * @example
 * ```ts
 * import { andThen } from "@vfs/server/core";
 *
 * console.log(andThen(20, (n) => n + 1)); // 21: no promise was made
 * ```
 */
export function andThen<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromiseLike(value) ? value.then(next) : next(value);
}
