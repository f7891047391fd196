import { HOST_CONTEXT } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import type { ErrnoCode } from "../fs/errno.ts";

/** Whose answer is waited for, and how long. */
export interface Called {
  readonly name: string;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** The errno of an operation that it keeps waiting too long. */
  readonly errno: ErrnoCode;
}

/** Tells a hook that was late from one that threw. */
export class HookTimeoutError extends VfsError {}

/**
 * Waits for an answer until the time is up, or nobody wants it any more. What comes after that goes
 * nowhere.
 *
 * @param giveUp Is called when it is not waited for any longer.
 */
export function waitFor<T>(
  answer: PromiseLike<T>,
  { name, timeout, errno }: Called,
  signal: AbortSignal,
  giveUp?: () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = (error: VfsError) => {
      finish();
      giveUp?.();
      reject(error);
    };
    const timer = setTimeout(
      () => end(new HookTimeoutError(errno, `hook ${name} took more than ${timeout} ms`)),
      timeout,
    );
    const onAbort = () => end(new VfsError("EINTR", `hook ${name}`));
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    // The host's signal is never aborted, and would collect listeners of everybody.
    if (signal !== HOST_CONTEXT.signal) signal.addEventListener("abort", onAbort);
    answer.then((value) => {
      finish();
      resolve(value);
    }, (error) => {
      finish();
      reject(error);
    });
    if (signal.aborted) onAbort();
  });
}
