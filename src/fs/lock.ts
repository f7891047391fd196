/**
 * An advisory lock on a range of a file, as `fcntl(2)` and `flock(2)` know it.
 *
 * Two locks are in conflict when their ranges overlap, their owners differ, they are of the same
 * kind, and at least one of them is a write lock.
 */
export interface FileLock {
  /** `posix` locks ranges for an owner; `flock` locks the whole file. They never conflict. */
  readonly kind: "posix" | "flock";
  /** Shared, exclusive, or to be given back. */
  readonly type: "read" | "write" | "unlock";
  /** The first byte of the range. */
  readonly start: number;
  /** The byte after the last of the range; `Infinity` for "to the end, however far it grows". */
  readonly end: number;
  /** Who holds it. Locks of one owner replace each other. */
  readonly owner: string;
  /** The process id to report to others who ask; 0 where it is not known. */
  readonly pid: number;
}
