import {
  type ErrnoCode,
  type FileInfo,
  isDirectory,
  isRegularFile,
  isSymlink,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFMT,
  S_IFSOCK,
  S_PERM,
  VfsError,
} from "../fs/mod.ts";
import { infoOf } from "./_attributes.ts";
import { hasCode } from "./_call.ts";
import { copyFile } from "./_files.ts";
import { FsError } from "./fs_error.ts";
import { mkdir, readlink, symlink, unlink } from "./_names.ts";
import { followExisting, type PathLike, pathText, type Tree } from "./_tree.ts";

/** Options of `cp`. */
export interface CpOptions {
  /** Whether to copy directories, with everything below them. */
  readonly recursive?: boolean | undefined;
  /** Whether to replace files that are there; default true. */
  readonly force?: boolean | undefined;
  /** With `force` false: whether a file that is there is an error. */
  readonly errorOnExist?: boolean | undefined;
  /** Whether to copy what links lead to instead of the links. */
  readonly dereference?: boolean | undefined;
  /** Whether the copies get the times of what they are copies of. */
  readonly preserveTimestamps?: boolean | undefined;
  /** Whether links keep their text; otherwise relative ones become absolute, as in Node. */
  readonly verbatimSymlinks?: boolean | undefined;
  /** The mode for `copyFile`. */
  readonly mode?: number | undefined;
  /** What to copy; default everything. */
  readonly filter?: ((from: string, to: string) => boolean | Promise<boolean>) | undefined;
}

/** One thing to copy, and what is at its place. */
interface Pair {
  readonly from: string;
  readonly to: string;
  readonly source: FileInfo;
  readonly target: FileInfo | undefined;
}

export async function cp(
  tree: Tree,
  from: PathLike,
  to: PathLike,
  options: CpOptions = {},
): Promise<void> {
  const [source, target] = [absolute(pathText(from)), absolute(pathText(to))];
  const pair = await look(tree, source, target, options);
  if (pair === undefined) return;
  await refuseOwnParent(tree, pair);
  await mkdir(tree, parentOf(target), { recursive: true });
  await copy(tree, pair, options);
}

/** Finds out what is to be copied where; `undefined` if the filter leaves it out. */
async function look(
  tree: Tree,
  from: string,
  to: string,
  options: CpOptions,
): Promise<Pair | undefined> {
  if (options.filter !== undefined && !await options.filter(from, to)) return undefined;
  const source = await describe(tree, from, options);
  if (source === undefined) throw new FsError(new VfsError("ENOENT"), "cp", from, to);
  const target = await describe(tree, to, options);
  if (target !== undefined) {
    if (source.ino === target.ino) throw failure("EINVAL", "ERR_FS_CP_EINVAL", from, to);
    if (isDirectory(source.mode) && !isDirectory(target.mode)) {
      throw failure("EISDIR", "ERR_FS_CP_DIR_TO_NON_DIR", from, to);
    }
    if (!isDirectory(source.mode) && isDirectory(target.mode)) {
      throw failure("ENOTDIR", "ERR_FS_CP_NON_DIR_TO_DIR", from, to);
    }
  }
  if (isDirectory(source.mode) && isBelow(to, from)) {
    throw failure("EINVAL", "ERR_FS_CP_EINVAL", from, to);
  }
  return { from, to, source, target };
}

async function describe(
  tree: Tree,
  text: string,
  options: CpOptions,
): Promise<FileInfo | undefined> {
  try {
    if (options.dereference === true) return (await followExisting(tree, text)).info;
    return await infoOf(tree, text);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** A directory must not be copied below itself, by whatever name it goes there. */
async function refuseOwnParent(tree: Tree, { from, to, source }: Pair): Promise<void> {
  for (let parent = parentOf(to); parent !== "/"; parent = parentOf(parent)) {
    const info = await describe(tree, parent, { dereference: true });
    if (info?.ino === source.ino) throw failure("EINVAL", "ERR_FS_CP_EINVAL", from, to);
  }
}

async function copy(tree: Tree, pair: Pair, options: CpOptions): Promise<void> {
  const { from, to, source } = pair;
  if (isDirectory(source.mode)) {
    if (options.recursive !== true) throw failure("EISDIR", "ERR_FS_EISDIR", from, to);
    await copyDirectory(tree, pair, options);
  } else if (isSymlink(source.mode)) {
    await copyLink(tree, pair, options);
  } else {
    refuseSpecial(pair);
    await copyRegular(tree, pair, options);
  }
}

function refuseSpecial({ from, to, source }: Pair): void {
  const type = source.mode & S_IFMT;
  if (type === S_IFSOCK) throw failure("EINVAL", "ERR_FS_CP_SOCKET", from, to);
  if (type === S_IFIFO) throw failure("EINVAL", "ERR_FS_CP_FIFO_PIPE", from, to);
  if (!isRegularFile(source.mode) && type !== S_IFCHR && type !== S_IFBLK) {
    throw failure("EINVAL", "ERR_FS_CP_UNKNOWN", from, to);
  }
}

async function copyRegular(tree: Tree, pair: Pair, options: CpOptions): Promise<void> {
  const { from, to, target } = pair;
  if (target !== undefined) {
    if (options.force === false) {
      if (options.errorOnExist === true) throw failure("EEXIST", "ERR_FS_CP_EEXIST", from, to);
      return;
    }
    await unlink(tree, to);
  }
  await copyFile(tree, from, to, options.mode);
  if (options.preserveTimestamps === true) await copyTimes(tree, from, to);
}

async function copyTimes(tree: Tree, from: string, to: string): Promise<void> {
  const { info } = await followExisting(tree, from);
  const { path } = await followExisting(tree, to);
  await tree.provider.utimes(path, info.atime, info.mtime, tree.context);
}

async function copyDirectory(tree: Tree, pair: Pair, options: CpOptions): Promise<void> {
  const { from, to, source, target } = pair;
  if (target === undefined) await mkdir(tree, to);
  const { path } = await followExisting(tree, from);
  for (const { name } of await tree.provider.readDir(path, false, tree.context)) {
    const next = await look(tree, join(from, name), join(to, name), options);
    if (next !== undefined) await copy(tree, next, options);
  }
  if (target !== undefined) return;
  const made = await followExisting(tree, to);
  await tree.provider.chmod(made.path, source.mode & S_PERM, tree.context);
}

async function copyLink(tree: Tree, pair: Pair, options: CpOptions): Promise<void> {
  const { from, to, target } = pair;
  let content = await readlink(tree, from);
  if (options.verbatimSymlinks !== true) content = resolveFrom(parentOf(from), content);
  if (target === undefined) return await symlink(tree, content, to);
  if (isSymlink(target.mode)) {
    const existing = resolveFrom(parentOf(to), await readlink(tree, to));
    const { info } = await followExisting(tree, from);
    if (isDirectory(info.mode) && isBelow(existing, content)) {
      throw failure("EINVAL", "ERR_FS_CP_EINVAL", from, to);
    }
    if (isDirectory(info.mode) && isBelow(content, existing)) {
      throw failure("EINVAL", "ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY", from, to);
    }
    await unlink(tree, to);
  }
  await symlink(tree, content, to);
}

function failure(errno: ErrnoCode, code: string, from: string, to: string): FsError {
  return new FsError(new VfsError(errno), "cp", from, to, code);
}

/** Whether a path lies strictly below another, as text. */
function isBelow(path: string, directory: string): boolean {
  return path !== directory && path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

function absolute(text: string): string {
  return resolveFrom("/", text);
}

/** What a link's text means in a directory, worked out on the text alone, as Node does here. */
function resolveFrom(directory: string, text: string): string {
  const names: string[] = [];
  for (const name of (text.startsWith("/") ? text : `${directory}/${text}`).split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function parentOf(path: string): string {
  return resolveFrom(path, "..");
}

function join(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}
