import { type ErrnoCode, errnoMessage, toVfsError } from "../fs/mod.ts";

/**
 * What a function of {@link VfsPromises} rejects with: the shape of the errors of `node:fs`.
 *
 * @example
 * ```ts
 * import { FsError, MemoryProvider, promisesOf } from "@vfs/server/core";
 *
 * const fs = promisesOf(new MemoryProvider());
 * await fs.readFile("/none").catch((error) => {
 *   console.log(error instanceof FsError, error.code); // true "ENOENT"
 *   console.log(error.message); // "ENOENT: no such file or directory, open '/none'"
 * });
 * ```
 */
export class FsError extends Error {
  /** The name of the errno (`"ENOENT"`), or one of Node's own codes (`"ERR_FS_EISDIR"`). */
  readonly code: string;
  /** The negative Linux number of the errno, as in Node. */
  readonly errno: number;
  /** What was being done: `"open"`, `"rename"` ... */
  readonly syscall: string;
  /** What it was done to, as the caller spelled it. */
  readonly path?: string;
  /** The other path of an operation that takes two. */
  readonly dest?: string;

  /**
   * Says what failed as Node does.
   *
   * @param cause What went wrong below; what is not a {@link VfsError} counts as EIO.
   * @param syscall What was being done.
   * @param path What it was done to.
   * @param dest The other path, if there are two.
   * @param code Node's own code, where it is not the errno's name.
   */
  constructor(cause: unknown, syscall: string, path?: string, dest?: string, code?: string) {
    const error = toVfsError(cause);
    const onto = dest === undefined ? "" : ` -> '${dest}'`;
    const where = path === undefined ? "" : ` '${path}'${onto}`;
    super(`${error.code}: ${errnoMessage(error.code)}, ${syscall}${where}`, { cause });
    this.code = code ?? error.code satisfies ErrnoCode;
    this.errno = -error.errno;
    this.syscall = syscall;
    if (path !== undefined) this.path = path;
    if (dest !== undefined) this.dest = dest;
  }

  /** Always `"FsError"`. */
  override get name(): string {
    return "FsError";
  }
}
