import { andThen, type Awaitable, type Handle, isPromiseLike } from "../fs/mod.ts";

/** Does something, and something else if it fails: `try` and `catch` for answers of both kinds. */
export function recover<T>(
  operation: () => Awaitable<T>,
  otherwise: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  let result: Awaitable<T>;
  try {
    result = operation();
  } catch (error) {
    return otherwise(error);
  }
  return isPromiseLike(result) ? result.then(undefined, otherwise) : result;
}

/** Closes a handle that nobody will ever use; what it has to say of that interests nobody. */
export function abandon(handle: Handle): Awaitable<void> {
  return recover(() => handle.close(), () => {});
}

/** Does something with a handle, which is closed if that fails. */
export function orAbandon(handle: Handle, operation: () => Awaitable<void>): Awaitable<void> {
  return recover(operation, (error) =>
    andThen(abandon(handle), () => {
      throw error;
    }));
}

/** Does something, and something more when it is over, however it ended. */
export function finallyDo<T>(operation: () => Awaitable<T>, after: () => void): Awaitable<T> {
  let result: Awaitable<T>;
  try {
    result = operation();
  } catch (error) {
    after();
    throw error;
  }
  if (isPromiseLike(result)) return Promise.resolve(result).finally(after);
  after();
  return result;
}
