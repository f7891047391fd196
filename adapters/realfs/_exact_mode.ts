import { isDirectory, S_ISGID, S_ISVTX, S_PERM } from "../../src/fs/mod.ts";

/**
 * The permissions that something new must have, whatever the umask of the process took from them.
 *
 * @param wanted The mode that was asked for.
 * @param made The mode that the host gave it, with its type.
 */
export function exactMode(wanted: number, made: number): number {
  if (!isDirectory(made)) return wanted & S_PERM;
  // Linux takes neither setuid nor setgid from the mode of a new directory, but lets it inherit
  // the latter, which a chmod must not take away.
  return (wanted & (0o777 | S_ISVTX)) | (made & S_ISGID);
}
