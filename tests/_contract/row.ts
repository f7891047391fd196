import type { Provider } from "../../src/fs/mod.ts";

/** An ability that not every provider has. */
export type Capability =
  /** Reading updates the access time (at least as Linux's relatime does). */
  | "atime"
  /** Owners can be changed. */
  | "chown"
  /** `copyRange` copies within the provider. */
  | "copyRange"
  /** The place after a listed entry stays good when others come and go. */
  | "cursors"
  /** Device nodes can be made. */
  | "devices"
  /** Directories count their subdirectories as links, as most but not all filesystems do. */
  | "dirNlink"
  /** `allocate` reserves and zeroes ranges. */
  | "allocate"
  /** Handles change permissions, owners and times. */
  | "handleAttributes"
  /** Handles describe their file, also when it has no name any more. */
  | "handleStat"
  /** Holes take no space and can be found, and made by `allocate`. */
  | "holes"
  /** Inode numbers. */
  | "ino"
  /** Advisory locks. */
  | "locks"
  /** Fifos and empty files can be made by `mknod`. */
  | "mknod"
  /** Times are kept to the nanosecond. */
  | "nanoseconds"
  /** Links are counted. */
  | "nlink"
  /** Files tell their owner. */
  | "owner"
  /** RENAME_NOREPLACE and RENAME_EXCHANGE. */
  | "renameFlags"
  /** Permissions do not bind the one who asks, as they do not bind root. */
  | "privileged"
  /** The provider's root is the root of a filesystem, not a directory that could be removed. */
  | "root"
  /** `mknod` makes sockets. */
  | "sockets"
  /** The filesystem is described. */
  | "statfs"
  /** atime, mtime and ctime are told and kept up to date. */
  | "times"
  /** O_TMPFILE makes files without a name. */
  | "tmpfile"
  /** Times can be set. */
  | "utimes"
  /** Extended attributes. */
  | "xattr"
  /** `allocate` with FALLOC_FL_ZERO_RANGE. */
  | "zeroRange";

/** One behaviour that every provider must show. */
export interface Row {
  /** The behaviour, as a sentence about the operation. */
  readonly name: string;
  /** What a provider must be able to do for the behaviour to exist. */
  readonly needs?: readonly Capability[];
  /** Shows it on an empty tree. */
  run(fs: Provider): Promise<void>;
}
