import { ERRNO, type ErrnoCode, errnoMessage, errnoName, parseErrnoCode } from "./errno.ts";

/** V8 and JavaScriptCore read this property when an error is made; other engines ignore it. */
const stackControl = Error as unknown as { stackTraceLimit?: number };

/**
 * A failure that has a Linux errno: the one error that filesystem operations raise.
 *
 * It carries no stack trace. Failing is ordinary work for a filesystem (every program looks for
 * files that are not there), and a stack trace costs more than the rest of the operation.
 *
 * @example
 * ```ts
 * import { VfsError } from "@vfs/server/core";
 *
 * const error = new VfsError("ENOENT", "/workspace/a.txt");
 * console.log(error.code, error.errno); // "ENOENT" 2
 * console.log(error.message); // "ENOENT: no such file or directory: /workspace/a.txt"
 * ```
 */
export class VfsError extends Error {
  /** The name of the errno, for instance `"ENOENT"`. */
  readonly code: ErrnoCode;

  /** The positive Linux number of the errno, for instance 2. */
  readonly errno: number;

  /**
   * Names an errno.
   *
   * @param code The name of the errno.
   * @param detail What it happened to, usually a path; becomes the end of the message.
   * @param options The error that led to this one, as `cause`.
   */
  constructor(code: ErrnoCode, detail?: string, options?: ErrorOptions) {
    const limit = stackControl.stackTraceLimit;
    if (limit !== undefined) stackControl.stackTraceLimit = 0;
    const text = `${code}: ${errnoMessage(code)}`;
    super(detail === undefined ? text : `${text}: ${detail}`, options);
    if (limit !== undefined) stackControl.stackTraceLimit = limit;
    this.code = code;
    this.errno = ERRNO[code];
  }

  /** Always `"VfsError"`. */
  override get name(): string {
    return "VfsError";
  }
}

/** What runtimes put on the errors they throw; every field is doubtful. */
interface ThrownError {
  readonly errno?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/**
 * Turns anything that was thrown into a {@link VfsError}.
 *
 * The runtimes disagree about what a failed system call looks like. Node and Bun give a negative
 * `errno`, which is right even where `code` says `UNKNOWN`; Deno leaves `errno` out of write errors
 * and names some codes only in the text `(os error N)`. Whatever has no errno at all becomes EIO:
 * an operation that failed for an unknown reason has failed.
 *
 * @param thrown The value that was caught.
 * @param detail What it happened to, if the error itself does not say.
 * @returns The same error if it already is one, otherwise a new one with the original as `cause`.
 *
 * @example
 * ```ts
 * import { toVfsError } from "@vfs/server/core";
 *
 * console.log(toVfsError({ code: "ENOSPC" }).errno); // 28
 * console.log(toVfsError("anything").code); // "EIO"
 * ```
 */
export function toVfsError(thrown: unknown, detail?: string): VfsError {
  if (thrown instanceof VfsError) return thrown;
  return new VfsError(errnoOf(thrown) ?? "EIO", detail, { cause: thrown });
}

function errnoOf(thrown: unknown): ErrnoCode | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    const { errno, code, message } = thrown as ThrownError;
    if (typeof errno === "number") {
      const name = errnoName(Math.abs(errno));
      if (name !== undefined) return name;
    }
    if (typeof code === "string") {
      const name = parseErrnoCode(code);
      if (name !== undefined) return name;
    }
    const inText = typeof message === "string" ? /\(os error (\d+)\)/.exec(message) : null;
    return inText === null ? undefined : errnoName(Number(inText[1]));
  } catch {
    // A getter that throws on an error that was thrown: there is nothing to learn from it.
    return undefined;
  }
}
