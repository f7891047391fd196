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
} from "../fs/mod.ts";

const TYPES: ReadonlyMap<number, readonly [letter: string, name: string]> = new Map([
  [S_IFREG, ["-", "regular file"]],
  [S_IFDIR, ["d", "directory"]],
  [S_IFLNK, ["l", "symbolic link"]],
  [S_IFCHR, ["c", "character device"]],
  [S_IFBLK, ["b", "block device"]],
  [S_IFIFO, ["p", "named pipe"]],
  [S_IFSOCK, ["s", "socket"]],
]);

/** Names the type of a file, for instance "regular file". */
export function typeName(mode: number): string {
  return TYPES.get(mode & S_IFMT)?.[1] ?? "unknown";
}

/** Writes type and permissions as `ls -l` does, for instance "drwxr-xr-x". */
export function formatMode(mode: number): string {
  return (TYPES.get(mode & S_IFMT)?.[0] ?? "?") +
    triple(mode >> 6, (mode & S_ISUID) !== 0, "s") +
    triple(mode >> 3, (mode & S_ISGID) !== 0, "s") +
    triple(mode, (mode & S_ISVTX) !== 0, "t");
}

function triple(bits: number, isSpecial: boolean, letter: string): string {
  const isExecutable = (bits & 1) !== 0;
  const execute = isSpecial
    ? (isExecutable ? letter : letter.toUpperCase())
    : (isExecutable ? "x" : "-");
  return ((bits & 4) !== 0 ? "r" : "-") + ((bits & 2) !== 0 ? "w" : "-") + execute;
}
