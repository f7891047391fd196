import { O_ACCMODE, VfsError } from "../../fs/mod.ts";
import {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_SYNC,
  O_TMPFILE,
  O_TRUNC,
} from "../../fs/mod.ts";
import type { Int64 } from "../../protocol/mod.ts";

/** The open flags that mean something to a provider; the guest's kernel sees to the others. */
const KNOWN_FLAGS = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_SYNC | O_DIRECTORY |
  O_NOFOLLOW | O_NOATIME;

/** The bit of O_TMPFILE that is not O_DIRECTORY. */
const TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

/**
 * Checks a range of a file.
 *
 * @returns The offset as a number.
 * @throws {VfsError} EINVAL for an offset that is negative or beyond 2^53 - 1, EFBIG for a range
 * that ends beyond.
 */
export function checkRange(offset: Int64, length: number): number {
  if (typeof offset !== "number" || offset < 0) throw new VfsError("EINVAL", `offset ${offset}`);
  if (offset + length > Number.MAX_SAFE_INTEGER) throw new VfsError("EFBIG", `offset ${offset}`);
  return offset;
}

/**
 * Checks a number that a provider returned.
 *
 * @throws {TypeError} It is not a whole number from 0 to `most`.
 */
export function checkCount(count: number, most: number): number {
  if (!Number.isInteger(count) || count < 0 || count > most) {
    throw new TypeError(`Cannot use the count ${String(count)}: it is not one from 0 to ${most}`);
  }
  return count;
}

/**
 * Leaves of the flags of an open what a provider should see.
 *
 * @throws {VfsError} EINVAL for an access mode that there is not, O_PATH and O_TMPFILE (a guest's
 * kernel never sends them), and O_CREAT with O_DIRECTORY.
 */
export function checkOpenFlags(flags: number): number {
  if (
    (flags & O_ACCMODE) === O_ACCMODE || (flags & (O_PATH | TMPFILE_BIT)) !== 0 ||
    (flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY)
  ) {
    throw new VfsError("EINVAL", `open flags 0o${flags.toString(8)}`);
  }
  return flags & KNOWN_FLAGS;
}
