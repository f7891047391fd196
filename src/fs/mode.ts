/**
 * Mode bits as Linux has them in `st_mode`: the type of a file and its permissions
 * (`include/uapi/linux/stat.h`).
 *
 * @module
 */

/** The bits of a mode that hold the type. */
export const S_IFMT = 0o170000;
/** Type: socket. */
export const S_IFSOCK = 0o140000;
/** Type: symbolic link. */
export const S_IFLNK = 0o120000;
/** Type: regular file. */
export const S_IFREG = 0o100000;
/** Type: block device. */
export const S_IFBLK = 0o060000;
/** Type: directory. */
export const S_IFDIR = 0o040000;
/** Type: character device. */
export const S_IFCHR = 0o020000;
/** Type: named pipe. */
export const S_IFIFO = 0o010000;
/** Set the user id on execution. */
export const S_ISUID = 0o4000;
/** Set the group id on execution; on a directory: entries inherit its group. */
export const S_ISGID = 0o2000;
/** On a directory: only owners may remove or rename entries. */
export const S_ISVTX = 0o1000;
/** The bits of a mode that chmod can set. */
export const S_PERM = 0o7777;

/**
 * Tells whether a mode is that of a directory.
 *
 * @param mode A mode with type bits.
 * @returns Whether the type is directory.
 *
 * @example
 * ```ts
 * import { isDirectory } from "@vfs/server/core";
 *
 * console.log(isDirectory(0o040755)); // true
 * ```
 */
export function isDirectory(mode: number): boolean {
  return (mode & S_IFMT) === S_IFDIR;
}

/**
 * Tells whether a mode is that of a regular file.
 *
 * @param mode A mode with type bits.
 * @returns Whether the type is regular file.
 *
 * @example
 * ```ts
 * import { isRegularFile } from "@vfs/server/core";
 *
 * console.log(isRegularFile(0o100644)); // true
 * ```
 */
export function isRegularFile(mode: number): boolean {
  return (mode & S_IFMT) === S_IFREG;
}

/**
 * Tells whether a mode is that of a symbolic link.
 *
 * @param mode A mode with type bits.
 * @returns Whether the type is symbolic link.
 *
 * @example
 * ```ts
 * import { isSymlink } from "@vfs/server/core";
 *
 * console.log(isSymlink(0o120777)); // true
 * ```
 */
export function isSymlink(mode: number): boolean {
  return (mode & S_IFMT) === S_IFLNK;
}
