import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";

/**
 * Work of several steps that is done at once as long as every step is, and goes on later from the
 * first one that is not. It reads like an asynchronous function and makes no promise without need.
 */
export type Task<T> = Generator<PromiseLike<unknown>, T, unknown>;

/** Takes the value of a step: `const info = yield* wait(provider.stat(path))`. */
export function* wait<T>(value: Awaitable<T>): Task<T> {
  return isPromiseLike(value) ? (yield value) as T : value;
}

/** Does the work. */
export function runTask<T>(task: Task<T>): Awaitable<T> {
  const step = task.next();
  return step.done ? step.value : goOn(task, step.value);
}

async function goOn<T>(task: Task<T>, pending: PromiseLike<unknown>): Promise<T> {
  for (;;) {
    let value: unknown;
    let step: IteratorResult<PromiseLike<unknown>, T>;
    try {
      value = await pending;
    } catch (error) {
      step = task.throw(error);
      if (step.done) return step.value;
      pending = step.value;
      continue;
    }
    step = task.next(value);
    if (step.done) return step.value;
    pending = step.value;
  }
}
