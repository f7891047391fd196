/**
 * The flags of the Linux system calls that reach a provider, as numbers of the generic Linux ABI
 * (x86-64; `include/uapi/asm-generic/fcntl.h`), whatever the host system is.
 *
 * @module
 */

/** Open for reading only. */
export const O_RDONLY = 0o0;
/** Open for writing only. */
export const O_WRONLY = 0o1;
/** Open for reading and writing. */
export const O_RDWR = 0o2;
/** The bits of the flags that hold the access mode. */
export const O_ACCMODE = 0o3;
/** Create the file if it does not exist. */
export const O_CREAT = 0o100;
/** With {@link O_CREAT}: fail with EEXIST if the name exists, even as a dangling link. */
export const O_EXCL = 0o200;
/** Do not make the terminal the controlling one; means nothing here. */
export const O_NOCTTY = 0o400;
/** Truncate the file to length 0. */
export const O_TRUNC = 0o1000;
/** Every write goes to the end of the file. */
export const O_APPEND = 0o2000;
/** Do not block; means nothing for regular files. */
export const O_NONBLOCK = 0o4000;
/** A write returns when its data is on stable storage. */
export const O_DSYNC = 0o10000;
/** Bypass the page cache; providers ignore it. */
export const O_DIRECT = 0o40000;
/** Files larger than 2 GiB are fine; always true here. */
export const O_LARGEFILE = 0o100000;
/** Fail with ENOTDIR if the path is not a directory. */
export const O_DIRECTORY = 0o200000;
/** Fail with ELOOP if the path is a symbolic link. */
export const O_NOFOLLOW = 0o400000;
/** Do not update the access time. */
export const O_NOATIME = 0o1000000;
/** Close on exec; means nothing here. */
export const O_CLOEXEC = 0o2000000;
/** A write returns when its data and metadata are on stable storage. */
export const O_SYNC = 0o4010000;
/** A reference to the file itself, without access to its data. */
export const O_PATH = 0o10000000;
/** An unnamed file in the given directory (includes {@link O_DIRECTORY}). */
export const O_TMPFILE = 0o20200000;

/** For {@link Provider.rename}: fail with EEXIST if the new name exists. */
export const RENAME_NOREPLACE = 1;
/** For {@link Provider.rename}: exchange the two names, which must both exist. */
export const RENAME_EXCHANGE = 2;

/** For {@link Provider.setxattr}: fail with EEXIST if the attribute exists. */
export const XATTR_CREATE = 1;
/** For {@link Provider.setxattr}: fail with ENODATA if the attribute does not exist. */
export const XATTR_REPLACE = 2;

/** For {@link Handle.allocate}: leave the size of the file as it is. */
export const FALLOC_FL_KEEP_SIZE = 0x01;
/** For {@link Handle.allocate}: give the range back as a hole; needs {@link FALLOC_FL_KEEP_SIZE}. */
export const FALLOC_FL_PUNCH_HOLE = 0x02;
/** For {@link Handle.allocate}: remove the range, moving what follows forward. */
export const FALLOC_FL_COLLAPSE_RANGE = 0x08;
/** For {@link Handle.allocate}: make the range read as zeros. */
export const FALLOC_FL_ZERO_RANGE = 0x10;
/** For {@link Handle.allocate}: insert a hole, moving what follows backward. */
export const FALLOC_FL_INSERT_RANGE = 0x20;

/** For {@link Handle.seek}: from the start of the file. */
export const SEEK_SET = 0;
/** For {@link Handle.seek}: from the current position. */
export const SEEK_CUR = 1;
/** For {@link Handle.seek}: from the end of the file. */
export const SEEK_END = 2;

/**
 * Tells whether open flags allow reading.
 *
 * @param flags Linux open flags.
 * @returns True for {@link O_RDONLY} and {@link O_RDWR}.
 *
 * @example
 * ```ts
 * import { canRead, O_WRONLY } from "@vfs/server/core";
 *
 * console.log(canRead(O_WRONLY)); // false
 * ```
 */
export function canRead(flags: number): boolean {
  const access = flags & O_ACCMODE;
  return access === O_RDONLY || access === O_RDWR;
}

/**
 * Tells whether open flags allow writing.
 *
 * @param flags Linux open flags.
 * @returns True for {@link O_WRONLY} and {@link O_RDWR}.
 *
 * @example
 * ```ts
 * import { canWrite, O_WRONLY } from "@vfs/server/core";
 *
 * console.log(canWrite(O_WRONLY)); // true
 * ```
 */
export function canWrite(flags: number): boolean {
  const access = flags & O_ACCMODE;
  return access === O_WRONLY || access === O_RDWR;
}

/**
 * Tells whether an open with these flags can change the tree: it may write, create or truncate.
 *
 * @param flags Linux open flags.
 * @returns True where a read-only tree has to answer EROFS.
 *
 * @example
 * ```ts
 * import { mayModify, O_RDONLY, O_TRUNC } from "@vfs/server/core";
 *
 * console.log(mayModify(O_RDONLY | O_TRUNC)); // true: Linux truncates even then
 * ```
 */
export function mayModify(flags: number): boolean {
  return canWrite(flags) || (flags & (O_CREAT | O_TRUNC)) !== 0 ||
    (flags & O_TMPFILE) === O_TMPFILE;
}
