import type { Awaitable } from "./awaitable.ts";
import type { OpContext } from "./context.ts";
import type { DirPageEntry, FileInfo } from "./info.ts";
import type { FileLock } from "./lock.ts";
import type { TimeChange } from "./time.ts";

/**
 * An open file or directory, as `open(2)` gives it.
 *
 * A handle stays with its inode: it goes on working when the file is renamed, and when its last
 * name is removed. Its operations are answered at once or promised ({@link Awaitable}); they fail
 * by throwing, or by rejecting with, a {@link VfsError}. Whoever holds a handle runs one operation
 * on it at a time, and closes it once.
 *
 * Authors derive from {@link BaseHandle}, which answers whatever they leave out.
 *
 * Offsets and lengths are bytes: whole numbers from 0 to `Number.MAX_SAFE_INTEGER`. Whoever takes
 * them from outside checks them first.
 */
export interface Handle {
  /**
   * Reads bytes from a place in the file.
   *
   * @param buffer Where to put them; its length is how many are wanted.
   * @param offset The place in the file.
   * @returns How many bytes were read; fewer than wanted only at the end of the file.
   * @throws {VfsError} EBADF if not open for reading, EISDIR for a directory.
   */
  readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number>;

  /**
   * Writes bytes to a place in the file; at its end if it was opened with {@link O_APPEND}.
   *
   * The provider does not keep `data` after it has answered.
   *
   * @param data The bytes.
   * @param offset The place in the file.
   * @returns How many bytes were written; fewer than given when space or a limit ends it.
   * @throws {VfsError} EBADF if not open for writing, ENOSPC, EDQUOT, EFBIG, EROFS.
   */
  writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number>;

  /**
   * Reads from the position of the handle and moves it on.
   *
   * @param buffer Where to put the bytes.
   * @returns How many bytes were read; 0 at the end of the file.
   */
  read(buffer: Uint8Array, context?: OpContext): Awaitable<number>;

  /**
   * Writes at the position of the handle and moves it on.
   *
   * @param data The bytes.
   * @returns How many bytes were written.
   */
  write(data: Uint8Array, context?: OpContext): Awaitable<number>;

  /**
   * Moves the position of the handle.
   *
   * @param offset By how many bytes, negative to go back.
   * @param whence {@link SEEK_SET}, {@link SEEK_CUR} or {@link SEEK_END}.
   * @returns The new position.
   * @throws {VfsError} EINVAL for a position before the start, or an unknown `whence`.
   */
  seek(offset: number, whence: number, context?: OpContext): Awaitable<number>;

  /** Describes the open file, which may have no name any more. */
  stat(context?: OpContext): Awaitable<FileInfo>;

  /**
   * Lists the next part of an open directory.
   *
   * An entry that is there the whole time is listed exactly once, whatever happens to others.
   *
   * @param cursor 0 for the beginning, otherwise {@link DirPageEntry.cursor} of the entry before.
   * @param limit The largest number of entries wanted, at least 1.
   * @param plus Whether {@link DirEntry.info} is wanted with each entry.
   * @returns The entries in order, without `.` and `..`; none at the end.
   * @throws {VfsError} ENOTDIR for a handle that is not a directory.
   */
  readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]>;

  /**
   * Sets the size of the file; what is added reads as zeros.
   *
   * @param size The new size in bytes.
   * @throws {VfsError} EINVAL if not open for writing, EFBIG, ENOSPC.
   */
  truncate(size: number, context?: OpContext): Awaitable<void>;

  /** Puts data and metadata on stable storage, and reports write errors held back until now. */
  sync(context?: OpContext): Awaitable<void>;

  /** Puts the data on stable storage, with as little metadata as reading it again needs. */
  datasync(context?: OpContext): Awaitable<void>;

  /**
   * Sets the permissions.
   *
   * @param mode The bits of {@link S_PERM}; others are ignored.
   */
  chmod(mode: number, context?: OpContext): Awaitable<void>;

  /**
   * Sets the owner.
   *
   * @param uid The user id, or -1 to keep it.
   * @param gid The group id, or -1 to keep it.
   */
  chown(uid: number, gid: number, context?: OpContext): Awaitable<void>;

  /**
   * Sets the times.
   *
   * @param atime The access time.
   * @param mtime The modification time.
   */
  utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): Awaitable<void>;

  /**
   * Reserves, frees, zeroes or moves a range, as `fallocate(2)` does.
   *
   * @param mode 0 or flags such as {@link FALLOC_FL_PUNCH_HOLE}.
   * @param offset The start of the range.
   * @param length The length of the range, more than 0.
   * @throws {VfsError} EOPNOTSUPP for a mode that the provider lacks, EBADF if not open for writing.
   */
  allocate(mode: number, offset: number, length: number, context?: OpContext): Awaitable<void>;

  /**
   * Finds the next data at or after an offset (`SEEK_DATA`).
   *
   * @param offset Where to begin.
   * @returns Where the data begins.
   * @throws {VfsError} ENXIO when there is no more data, or `offset` is not before the end.
   */
  seekData(offset: number, context?: OpContext): Awaitable<number>;

  /**
   * Finds the next hole at or after an offset (`SEEK_HOLE`); the end of the file counts as one.
   *
   * @param offset Where to begin.
   * @returns Where the hole begins.
   * @throws {VfsError} ENXIO when `offset` is not before the end.
   */
  seekHole(offset: number, context?: OpContext): Awaitable<number>;

  /**
   * Copies a range into another open file of the same provider.
   *
   * @param offset Where to read in this file.
   * @param target The file to write to, open for writing.
   * @param targetOffset Where to write in it.
   * @param length How many bytes at most.
   * @returns How many bytes were copied; 0 at the end of this file.
   * @throws {VfsError} EXDEV for a handle of another provider, EINVAL for overlapping ranges of one
   * file, EBADF when not open for reading here or for writing there.
   */
  copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number>;

  /**
   * Takes, changes or gives back an advisory lock. Closing the handle gives back all that were
   * taken through it.
   *
   * @param lock The lock.
   * @param wait Whether to wait for a lock in conflict; the context's signal ends the wait (EINTR).
   * @throws {VfsError} EAGAIN if somebody else's lock is in conflict and `wait` is false, EDEADLK
   * if waiting would never end.
   */
  lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void>;

  /**
   * Asks for a lock that would be in conflict.
   *
   * @param lock The lock that one would like to take.
   * @returns A lock of somebody else that is in the way, or `undefined`.
   */
  getLock(lock: FileLock, context?: OpContext): Awaitable<FileLock | undefined>;

  /**
   * Closes the handle and frees what it holds, also when it throws. Closing again does nothing.
   *
   * @throws {VfsError} A write error that had been held back until now.
   */
  close(context?: OpContext): Awaitable<void>;
}
