import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
} from "./mode.ts";

/*
 * Go's os.FileMode keeps the nine permission bits and puts everything else into the high bits
 * (https://pkg.go.dev/io/fs#FileMode). Bit 31 makes the values unsigned 32-bit: `>>> 0` below.
 */
const GO_DIR = 2 ** 31;
const GO_SYMLINK = 1 << 27;
const GO_DEVICE = 1 << 26;
const GO_NAMED_PIPE = 1 << 25;
const GO_SOCKET = 1 << 24;
const GO_SETUID = 1 << 23;
const GO_SETGID = 1 << 22;
const GO_CHAR_DEVICE = 1 << 21;
const GO_STICKY = 1 << 20;
const GO_IRREGULAR = 1 << 19;

const GO_TYPES: ReadonlyMap<number, number> = new Map([
  [S_IFREG, 0],
  [S_IFDIR, GO_DIR],
  [S_IFLNK, GO_SYMLINK],
  [S_IFBLK, GO_DEVICE],
  [S_IFCHR, GO_DEVICE | GO_CHAR_DEVICE],
  [S_IFIFO, GO_NAMED_PIPE],
  [S_IFSOCK, GO_SOCKET],
]);

/**
 * Writes a Linux mode in the layout of Go's `os.FileMode`, which protocol 1 uses in its answers.
 *
 * @param mode A Linux mode, type bits included.
 * @returns The same mode as Go writes it, an unsigned 32-bit number. An unknown type is "irregular".
 *
 * @example
 * ```ts
 * import { toGoFileMode } from "@vfs/server/core";
 *
 * console.log(toGoFileMode(0o040755).toString(16)); // "800001ed"
 * ```
 */
export function toGoFileMode(mode: number): number {
  return ((mode & 0o777) | goFileType(mode) |
    ((mode & S_ISUID) === 0 ? 0 : GO_SETUID) |
    ((mode & S_ISGID) === 0 ? 0 : GO_SETGID) |
    ((mode & S_ISVTX) === 0 ? 0 : GO_STICKY)) >>> 0;
}

/**
 * Gives the type bits alone of a mode in the layout of Go's `os.FileMode`.
 *
 * @param mode A Linux mode, type bits included.
 * @returns An unsigned 32-bit number, 0 for a regular file.
 *
 * @example
 * ```ts
 * import { goFileType } from "@vfs/server/core";
 *
 * console.log(goFileType(0o100644)); // 0
 * ```
 */
export function goFileType(mode: number): number {
  return (GO_TYPES.get(mode & S_IFMT) ?? GO_IRREGULAR) >>> 0;
}

/**
 * Reads a mode in the layout of Go's `os.FileMode`.
 *
 * @param goMode The mode as Go writes it.
 * @returns The Linux mode, type bits included; an irregular file has none.
 *
 * @example
 * ```ts
 * import { fromGoFileMode } from "@vfs/server/core";
 *
 * console.log(fromGoFileMode(0x800001ed).toString(8)); // "40755"
 * ```
 */
export function fromGoFileMode(goMode: number): number {
  return (goMode & 0o777) | linuxFileType(goMode) |
    ((goMode & GO_SETUID) === 0 ? 0 : S_ISUID) |
    ((goMode & GO_SETGID) === 0 ? 0 : S_ISGID) |
    ((goMode & GO_STICKY) === 0 ? 0 : S_ISVTX);
}

function linuxFileType(goMode: number): number {
  if ((goMode & GO_DIR) !== 0) return S_IFDIR;
  if ((goMode & GO_SYMLINK) !== 0) return S_IFLNK;
  if ((goMode & GO_NAMED_PIPE) !== 0) return S_IFIFO;
  if ((goMode & GO_SOCKET) !== 0) return S_IFSOCK;
  if ((goMode & GO_CHAR_DEVICE) !== 0) return S_IFCHR;
  if ((goMode & GO_DEVICE) !== 0) return S_IFBLK;
  return (goMode & GO_IRREGULAR) !== 0 ? 0 : S_IFREG;
}
