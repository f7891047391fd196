import { errnoMessage, toVfsError, VfsError } from "../fs/mod.ts";

/** What a command could not do, in a sentence. The program ends with status 1. */
export class CommandError extends Error {
  /** Always `"CommandError"`. */
  override get name(): string {
    return "CommandError";
  }
}

/**
 * Says what could not be done and why, in the words of the errno.
 *
 * @param what What was tried, for instance "list /x".
 * @param thrown The error; one that says already what could not be done is left as it is.
 * @returns An error with a message such as "Cannot list /x: no such file or directory (ENOENT)".
 */
export function cannot(what: string, thrown: unknown): CommandError {
  if (thrown instanceof CommandError) return thrown;
  return new CommandError(`Cannot ${what}: ${reason(thrown)}`, { cause: thrown });
}

/**
 * Says why something failed: the words of the errno and its name, or the message of the error.
 *
 * @param thrown The error.
 */
export function reason(thrown: unknown): string {
  const { code, cause } = toVfsError(thrown);
  const isKnown = thrown instanceof VfsError || code !== "EIO";
  const saysMore = (code === "EIO" || code === "EOPNOTSUPP") && cause instanceof Error;
  if (isKnown && !saysMore) return `${errnoMessage(code)} (${code})`;
  // EIO stands for everything unknown, EOPNOTSUPP for what this host lacks: what led to it says more.
  return cause instanceof Error ? cause.message : String(thrown);
}
