import { VfsError } from "../fs/mod.ts";
import { FsError } from "./fs_error.ts";

/** Carries what the caller's own code threw past the conversion: it is none of the filesystem's. */
export class CallerError extends Error {}

/** Runs an operation and gives its failure the shape that callers of `node:fs` know. */
export async function call<T>(
  syscall: string,
  path: string | undefined,
  run: () => T | PromiseLike<T>,
  dest?: string,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CallerError) throw error.cause;
    if (error instanceof FsError || isAbort(error)) throw error;
    throw new FsError(error, syscall, path, dest);
  }
}

/** What is thrown where an argument is not of the type that a function takes. */
export function wrongType(what: string, value: unknown): TypeError {
  const kind = value === null ? "null" : typeof value;
  return Object.assign(new TypeError(`Cannot use ${what} of type ${kind}`), {
    code: "ERR_INVALID_ARG_TYPE",
  });
}

/** What is thrown where an argument has a value that a function does not take. */
export function wrongValue(what: string, value: unknown): TypeError {
  return Object.assign(new TypeError(`Cannot use ${what} ${JSON.stringify(String(value))}`), {
    code: "ERR_INVALID_ARG_VALUE",
  });
}

/** Throws the error with which Node ends an operation whose signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const error = new Error("The operation was aborted", { cause: signal.reason });
  error.name = "AbortError";
  throw Object.assign(error, { code: "ABORT_ERR" });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Whether a failure is the one with this errno. */
export function hasCode(error: unknown, code: string): boolean {
  return (error instanceof VfsError || error instanceof FsError) && error.code === code;
}
