import { cleanPath, VfsError } from "../../src/fs/mod.ts";

/** The largest id there is; the one above it means "leave it alone" to the kernel. */
const LARGEST_ID = 0xffff_fffe;

/**
 * Refuses a path with a spelling of its own: each name in it must be one name to the host too.
 * An empty name, `.`, `..` or a slash at the end would make the kernel look elsewhere.
 */
export function checkPath(path: string): void {
  if (cleanPath(path) !== path) throw new VfsError("EINVAL", path);
}

/** Refuses a place in a file that is none: `node:fs` would take -1 for "the current position". */
export function checkOffset(offset: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new VfsError("EINVAL");
}

/** Refuses a size that is none: `node:fs` would take -1 for 0. */
export function checkSize(size: number): void {
  if (size > Number.MAX_SAFE_INTEGER - 1) throw new VfsError("EFBIG");
  checkOffset(size);
}

/** Refuses ids that are none; -1 keeps what is there. */
export function checkIds(uid: number, gid: number): void {
  for (const id of [uid, gid]) {
    if (!Number.isInteger(id) || id < -1 || id > LARGEST_ID) throw new VfsError("EINVAL");
  }
}
