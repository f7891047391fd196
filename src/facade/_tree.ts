import {
  type Awaitable,
  baseName,
  checkName,
  cleanPath,
  type FileInfo,
  isDirectory,
  isSymlink,
  joinPath,
  type OpContext,
  parentPath,
  type Provider,
  VfsError,
} from "../fs/mod.ts";
import { hasCode, wrongType, wrongValue } from "./_call.ts";

/** What names a file: a path, its UTF-8 bytes, or a `file:` URL. Relative paths count from `/`. */
export type PathLike = string | Uint8Array | URL;

/** The tree that a facade stands before, and on whose behalf it asks. */
export interface Tree {
  readonly provider: Provider;
  readonly context: OpContext;
  /** The permissions that new files and directories do not get. */
  readonly umask: number;
}

/** Where a path leads: a path without links in it, and what is there, if anything is. */
export interface Place {
  readonly path: string;
  readonly info: FileInfo | undefined;
}

/** As in Linux: one more link on the way is ELOOP. */
const MAX_LINKS = 40;

/** Gives the text of a path, as the caller spelled it. */
export function pathText(path: PathLike): string {
  const text = textOf(path);
  if (text.includes("\0")) throw wrongValue("a path with a NUL:", text);
  return text;
}

function textOf(path: PathLike): string {
  if (typeof path === "string") return path;
  if (path instanceof Uint8Array) return new TextDecoder("utf-8", { fatal: true }).decode(path);
  if (!(path instanceof URL)) throw wrongType("a path", path);
  if (path.protocol !== "file:") throw wrongValue("a URL that is not a file: URL:", path);
  return decodeURIComponent(path.pathname);
}

/** Whether a path can only name a directory. */
export function namesDirectory(text: string): boolean {
  return /(^|\/)\.{0,2}$/.test(text);
}

/**
 * The clean path of a text, if cleaning it means what a kernel would make of it: `a/link/..` is the
 * parent of what the link leads to, which text alone cannot tell.
 */
export function directPath(text: string): string | undefined {
  return /(^|\/)\.\.(\/|$)/.test(text) ? undefined : cleanPath(text);
}

/**
 * Does something to a name itself; a link that it stands for is not followed, those before it are.
 *
 * It is tried on the path as it stands: providers refuse a path with a link on the way (ENOTDIR), so
 * that only such a path costs a walk.
 */
export async function onName<T>(
  tree: Tree,
  text: string,
  run: (path: string) => Awaitable<T>,
): Promise<T> {
  if (namesDirectory(text)) {
    const { path, info } = await walk(tree, text, false);
    if (info !== undefined && !isDirectory(info.mode)) throw new VfsError("ENOTDIR", text);
    return await run(path);
  }
  const path = directPath(text);
  if (path === undefined) return await run((await walk(tree, text, false)).path);
  try {
    return await run(path);
  } catch (error) {
    if (!hasCode(error, "ENOTDIR")) throw error;
  }
  return await run((await walk(tree, text, false)).path);
}

/** Finds what a path leads to, links followed; the last name may be missing. */
export async function follow(tree: Tree, text: string): Promise<Place> {
  const path = directPath(text);
  if (path === undefined) return walk(tree, text, true);
  try {
    const info = await tree.provider.lookup(path, tree.context);
    if (info === undefined || isDirectory(info.mode)) return { path, info };
    if (!isSymlink(info.mode) && !namesDirectory(text)) return { path, info };
  } catch (error) {
    if (!hasCode(error, "ENOTDIR")) throw error;
  }
  return walk(tree, text, true);
}

/** Finds what a path leads to, links followed. */
export async function followExisting(
  tree: Tree,
  text: string,
): Promise<{ path: string; info: FileInfo }> {
  const { path, info } = await follow(tree, text);
  if (info === undefined) throw new VfsError("ENOENT", text);
  return { path, info };
}

/** Goes down a path name by name, as a kernel does. */
export async function walk(tree: Tree, text: string, followLast: boolean): Promise<Place> {
  if (text === "") throw new VfsError("ENOENT", '""');
  const { provider, context } = tree;
  const pending = text.split("/").reverse();
  let path = "/";
  let info = await provider.lookup(path, context);
  for (let links = 0; pending.length > 0;) {
    const name = pending.pop()!;
    if (info !== undefined && !isDirectory(info.mode)) throw new VfsError("ENOTDIR", text);
    if (name === "") continue;
    if (info === undefined) throw new VfsError("ENOENT", text);
    if (name === ".") continue;
    if (name === "..") {
      path = parentPath(path);
      info = await provider.lookup(path, context);
      continue;
    }
    checkName(name);
    const next = joinPath(path, name);
    const found = await provider.lookup(next, context);
    if (found !== undefined && isSymlink(found.mode)) {
      if (!followLast && isLast(pending)) return { path: next, info: found };
      if (++links > MAX_LINKS) throw new VfsError("ELOOP", text);
      const target = await provider.readlink(next, context);
      if (target.startsWith("/")) {
        path = "/";
        info = await provider.lookup(path, context);
      }
      pending.push(...target.split("/").reverse());
    } else {
      path = next;
      info = found;
    }
  }
  return { path, info };
}

/** Whether only slashes follow. */
function isLast(pending: readonly string[]): boolean {
  return pending.every((name) => name === "");
}

/** The last name of a path, as the caller spelled it. */
export function lastName(text: string): string {
  return baseName(text.replace(/\/+$/, ""));
}
