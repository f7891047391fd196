import type { Timespec } from "./time.ts";

/**
 * What `stat` tells of a file: a snapshot, never a live view.
 *
 * The fields are those of `struct stat` in `stat(2)`.
 */
export interface FileInfo {
  /** The inode number, 64-bit unsigned: the same for the whole life of the file. */
  readonly ino: bigint;
  /** Type and permissions, as Linux has them in `st_mode`. */
  readonly mode: number;
  /** How many names the file has; 0 for an open file whose last name is gone. */
  readonly nlink: number;
  /** The owner's user id. */
  readonly uid: number;
  /** The owner's group id. */
  readonly gid: number;
  /** For a device node: the device, in the 32-bit encoding of Linux's `new_encode_dev`. */
  readonly rdev: number;
  /** Size in bytes; of a symbolic link: the length of its target. */
  readonly size: number;
  /** Space taken, in units of 512 bytes. */
  readonly blocks: number;
  /** The block size that suits the file best, in bytes. */
  readonly blksize: number;
  /** When the content was last read. */
  readonly atime: Timespec;
  /** When the content was last changed. */
  readonly mtime: Timespec;
  /** When the inode was last changed. */
  readonly ctime: Timespec;
}

/** One name in a directory. */
export interface DirEntry {
  /** The name, without any slash. `.` and `..` are never listed. */
  readonly name: string;
  /** The inode number of what the name stands for. */
  readonly ino: bigint;
  /** The mode; at least its type bits are right. */
  readonly mode: number;
  /** Everything `stat` would tell of it, where the listing was asked for it and could. */
  readonly info?: FileInfo;
}

/** One name in a page of a directory, with the place after it. */
export interface DirPageEntry extends DirEntry {
  /**
   * Where to go on after this entry: pass it to {@link Handle.readDir}. Greater than 0, and than that
   * of the entry before: a listing comes to an end.
   */
  readonly cursor: number;
}

/** What `statfs` tells of a filesystem; the fields are those of `statvfs(3)`. */
export interface StatFs {
  /** The size of a block, in bytes. */
  readonly bsize: number;
  /** Blocks there are. */
  readonly blocks: number;
  /** Blocks that are free. */
  readonly bfree: number;
  /** Blocks that are free for those who are not root. */
  readonly bavail: number;
  /** Inodes there are. */
  readonly files: number;
  /** Inodes that are free. */
  readonly ffree: number;
  /** The longest name, in bytes. */
  readonly namelen: number;
  /** Whether nothing in it can be changed (`ST_RDONLY`). */
  readonly readonly: boolean;
}
