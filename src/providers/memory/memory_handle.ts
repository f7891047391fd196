import type {
  Awaitable,
  DirPageEntry,
  FileInfo,
  FileLock,
  Handle,
  OpContext,
  TimeChange,
} from "../../fs/mod.ts";

/**
 * An open file or directory of a `MemoryProvider`: a {@link Handle} that answers at once. Only for a
 * lock it may have to wait.
 *
 * Opened with `O_PATH`, it tells what it is (`stat`) and fails everything else with EBADF.
 */
export interface MemoryHandle extends Handle {
  /** Reads at a place. */
  readAt(buffer: Uint8Array, offset: number, context?: OpContext): number;
  /** Writes at a place, or at the end if opened with `O_APPEND`. */
  writeAt(data: Uint8Array, offset: number, context?: OpContext): number;
  /** Reads at the position. */
  read(buffer: Uint8Array, context?: OpContext): number;
  /** Writes at the position, or at the end if opened with `O_APPEND`. */
  write(data: Uint8Array, context?: OpContext): number;
  /** Moves the position. */
  seek(offset: number, whence: number, context?: OpContext): number;
  /** Describes the file. */
  stat(context?: OpContext): FileInfo;
  /** Lists a part of the directory. A cursor stays good as long as the directory exists. */
  readDir(cursor: number, limit: number, plus?: boolean, context?: OpContext): DirPageEntry[];
  /** Sets the size. */
  truncate(size: number, context?: OpContext): void;
  /** Does nothing: memory is as stable as it gets. */
  sync(context?: OpContext): void;
  /** Does nothing. */
  datasync(context?: OpContext): void;
  /** Sets the permissions. */
  chmod(mode: number, context?: OpContext): void;
  /** Sets the owner. */
  chown(uid: number, gid: number, context?: OpContext): void;
  /** Sets the times. */
  utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): void;
  /**
   * Reserves a range, punches a hole (`FALLOC_FL_PUNCH_HOLE`) or zeroes it (`FALLOC_FL_ZERO_RANGE`).
   */
  allocate(mode: number, offset: number, length: number, context?: OpContext): void;
  /** Finds the next data; the unit is a page of 4096 bytes. */
  seekData(offset: number, context?: OpContext): number;
  /** Finds the next hole; the unit is a page of 4096 bytes. */
  seekHole(offset: number, context?: OpContext): number;
  /** Copies a range into another file of the same provider, at most 16 MiB of data in one call. */
  copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): number;
  /** Takes, changes or gives back an advisory lock. */
  lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void>;
  /** Asks for a lock in conflict. */
  getLock(lock: FileLock, context?: OpContext): FileLock | undefined;
  /** Closes the handle; a file without a name is gone then. */
  close(context?: OpContext): void;
}
