import { type FileInfo, type Timespec, timespecToMs } from "../fs/mod.ts";
import { FileType } from "./file_type.ts";

/**
 * What there is to know about a file, as `fs.Stats` tells it.
 *
 * A provider has no birth time: it is reported as the time of the last change of the inode, as Node
 * does on filesystems without one. `dev` is 0: a tree is one device.
 */
export class Stats extends FileType {
  /** Always 0. */
  readonly dev: number = 0;
  /** The inode number; inexact above 2^53: ask for {@link BigIntStats} where that matters. */
  readonly ino: number;
  /** Type and permissions. */
  readonly mode: number;
  /** How many names there are. */
  readonly nlink: number;
  /** The owner's user id. */
  readonly uid: number;
  /** The owner's group id. */
  readonly gid: number;
  /** For a device: which. */
  readonly rdev: number;
  /** The size in bytes. */
  readonly size: number;
  /** The block size that suits it best. */
  readonly blksize: number;
  /** The space that it takes, in units of 512 bytes. */
  readonly blocks: number;
  /** When it was last read, in milliseconds since 1970. */
  readonly atimeMs: number;
  /** When its content was last changed, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** When its inode was last changed, in milliseconds since 1970. */
  readonly ctimeMs: number;
  /** The same as {@link Stats.ctimeMs}. */
  readonly birthtimeMs: number;

  /**
   * Describes a file as Node does.
   *
   * @param info What the provider told.
   */
  constructor(info: FileInfo) {
    super(info.mode);
    this.ino = Number(info.ino);
    this.mode = info.mode;
    this.nlink = info.nlink;
    this.uid = info.uid;
    this.gid = info.gid;
    this.rdev = info.rdev;
    this.size = info.size;
    this.blksize = info.blksize;
    this.blocks = info.blocks;
    this.atimeMs = timespecToMs(info.atime);
    this.mtimeMs = timespecToMs(info.mtime);
    this.ctimeMs = this.birthtimeMs = timespecToMs(info.ctime);
  }

  /** When it was last read. */
  get atime(): Date {
    return dateOf(this.atimeMs);
  }
  /** When its content was last changed. */
  get mtime(): Date {
    return dateOf(this.mtimeMs);
  }
  /** When its inode was last changed. */
  get ctime(): Date {
    return dateOf(this.ctimeMs);
  }
  /** The same as {@link Stats.ctime}. */
  get birthtime(): Date {
    return dateOf(this.birthtimeMs);
  }
}

/** What there is to know about a file, in exact numbers, as `fs.BigIntStats` tells it. */
export class BigIntStats extends FileType {
  /** Always 0. */
  readonly dev: bigint = 0n;
  /** The inode number. */
  readonly ino: bigint;
  /** Type and permissions. */
  readonly mode: bigint;
  /** How many names there are. */
  readonly nlink: bigint;
  /** The owner's user id. */
  readonly uid: bigint;
  /** The owner's group id. */
  readonly gid: bigint;
  /** For a device: which. */
  readonly rdev: bigint;
  /** The size in bytes. */
  readonly size: bigint;
  /** The block size that suits it best. */
  readonly blksize: bigint;
  /** The space that it takes, in units of 512 bytes. */
  readonly blocks: bigint;
  /** When it was last read, in nanoseconds since 1970. */
  readonly atimeNs: bigint;
  /** When its content was last changed, in nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** When its inode was last changed, in nanoseconds since 1970. */
  readonly ctimeNs: bigint;

  /**
   * Describes a file as Node does.
   *
   * @param info What the provider told.
   */
  constructor(info: FileInfo) {
    super(info.mode);
    this.ino = info.ino;
    this.mode = BigInt(info.mode);
    this.nlink = BigInt(info.nlink);
    this.uid = BigInt(info.uid);
    this.gid = BigInt(info.gid);
    this.rdev = BigInt(info.rdev);
    this.size = BigInt(info.size);
    this.blksize = BigInt(info.blksize);
    this.blocks = BigInt(info.blocks);
    this.atimeNs = nanoseconds(info.atime);
    this.mtimeNs = nanoseconds(info.mtime);
    this.ctimeNs = nanoseconds(info.ctime);
  }

  /** The same as {@link BigIntStats.ctimeNs}. */
  get birthtimeNs(): bigint {
    return this.ctimeNs;
  }
  /** When it was last read, in milliseconds since 1970. */
  get atimeMs(): bigint {
    return this.atimeNs / 1_000_000n;
  }
  /** When its content was last changed, in milliseconds since 1970. */
  get mtimeMs(): bigint {
    return this.mtimeNs / 1_000_000n;
  }
  /** When its inode was last changed, in milliseconds since 1970. */
  get ctimeMs(): bigint {
    return this.ctimeNs / 1_000_000n;
  }
  /** The same as {@link BigIntStats.ctimeMs}. */
  get birthtimeMs(): bigint {
    return this.ctimeMs;
  }
  /** When it was last read. */
  get atime(): Date {
    return new Date(Number(this.atimeMs));
  }
  /** When its content was last changed. */
  get mtime(): Date {
    return new Date(Number(this.mtimeMs));
  }
  /** When its inode was last changed. */
  get ctime(): Date {
    return new Date(Number(this.ctimeMs));
  }
  /** The same as {@link BigIntStats.ctime}. */
  get birthtime(): Date {
    return this.ctime;
  }
}

/** Makes the one or the other. */
export function statsOf(info: FileInfo, exact: boolean): Stats | BigIntStats {
  return exact ? new BigIntStats(info) : new Stats(info);
}

function dateOf(milliseconds: number): Date {
  return new Date(Math.round(milliseconds));
}

function nanoseconds({ sec, nsec }: Timespec): bigint {
  return BigInt(sec) * 1_000_000_000n + BigInt(nsec);
}
