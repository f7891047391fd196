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
 * @param thrown The error.
 * @returns An error with a message such as "Cannot list /x: no such file or directory (ENOENT)".
 */
export function cannot(what: string, thrown: unknown): CommandError {
  return new CommandError(`Cannot ${what}: ${reason(thrown)}`, { cause: thrown });
}

/**
 * Says why something failed: the words of the errno and its name, or the message of the error.
 *
 * @param thrown The error.
 */
export function reason(thrown: unknown): string {
  if (thrown instanceof VfsError) {
    // The message of EIO says nothing; what led to it says more.
    const cause = thrown.code === "EIO" && thrown.cause instanceof Error ? thrown.cause : undefined;
    const because = cause === undefined ? "" : `: ${cause.message}`;
    return `${errnoMessage(thrown.code)} (${thrown.code})${because}`;
  }
  const { code, cause } = toVfsError(thrown);
  if (code !== "EIO") return `${errnoMessage(code)} (${code})`;
  return cause instanceof Error ? cause.message : String(thrown);
}
