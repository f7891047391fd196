import { type FileInfo, now } from "../fs/mod.ts";
import type { Node } from "./_node.ts";

/** How old a change must be, in seconds, before an equal time stamp proves that nothing changed. */
const SETTLED = 2;

/**
 * Whether the kernel may keep what it has cached of a file that is opened again: if the file looks
 * as it did when the kernel began to cache it, and was not changed just then, in which case another
 * change could carry the same time stamp.
 *
 * What is compared was told to the kernel within the lifetime of attributes, so this keeps the
 * promise that the lifetime makes.
 */
export function mayKeepCache(node: Node): boolean {
  const { info, cached } = node;
  if (cached !== undefined && looksSame(cached, info)) return true;
  node.cached = now().sec - Math.max(info.mtime.sec, info.ctime.sec) > SETTLED ? info : undefined;
  return false;
}

function looksSame(a: FileInfo, b: FileInfo): boolean {
  return a === b || a.size === b.size && a.mtime.sec === b.mtime.sec &&
      a.mtime.nsec === b.mtime.nsec && a.ctime.sec === b.ctime.sec &&
      a.ctime.nsec === b.ctime.nsec;
}
