import { type FileInfo, isDirectory, type StatFs, VfsError } from "../fs/mod.ts";
import { call } from "./_call.ts";
import { FS_CONSTANTS } from "./constants.ts";
import { permissions } from "./_open_flags.ts";
import { type BigIntStats, type Stats, statsOf } from "./stats.ts";
import { type TimeLike, timeOf } from "./_times.ts";
import {
  followExisting,
  namesDirectory,
  onName,
  type PathLike,
  pathText,
  type Tree,
} from "./_tree.ts";

/** Options of `stat` and `lstat`. */
export interface StatOptions {
  /** Whether exact numbers are wanted. */
  readonly bigint?: boolean | undefined;
}

/** What a filesystem tells of itself, as `fs.StatFs` does. */
export interface FsStats {
  /** Always 0: the kind of filesystem is not known. */
  readonly type: number;
  /** The size of a block, in bytes. */
  readonly bsize: number;
  /** The same. */
  readonly frsize: number;
  /** Blocks there are. */
  readonly blocks: number;
  /** Blocks that are free. */
  readonly bfree: number;
  /** Blocks that are free for those who are not root. */
  readonly bavail: number;
  /** Inodes there are. */
  readonly files: number;
  /** Inodes that are free. */
  readonly ffree: number;
}

export function stat(
  tree: Tree,
  path: PathLike,
  options?: StatOptions,
): Promise<Stats | BigIntStats> {
  const text = pathText(path);
  return call(
    "stat",
    text,
    async () => statsOf((await followExisting(tree, text)).info, options?.bigint === true),
  );
}

export function lstat(
  tree: Tree,
  path: PathLike,
  options?: StatOptions,
): Promise<Stats | BigIntStats> {
  const text = pathText(path);
  return call(
    "lstat",
    text,
    async () => statsOf(await infoOf(tree, text), options?.bigint === true),
  );
}

/** Describes a name itself; a slash behind a link asks for what it leads to. */
export async function infoOf(tree: Tree, text: string): Promise<FileInfo> {
  if (namesDirectory(text)) return (await followExisting(tree, text)).info;
  return await onName(tree, text, (path) => tree.provider.stat(path, tree.context));
}

export function access(tree: Tree, path: PathLike, mode = 0): Promise<void> {
  const text = pathText(path);
  return call("access", text, async () => {
    const { info } = await followExisting(tree, text);
    const { W_OK } = FS_CONSTANTS;
    if ((mode & W_OK) !== 0 && tree.provider.readonly) throw new VfsError("EROFS", text);
    if (!isAllowed(tree, info, mode & 7)) throw new VfsError("EACCES", text);
  });
}

/** Judges by the permissions of the class that the caller belongs to, as `access(2)` does. */
function isAllowed({ context }: Tree, info: FileInfo, wanted: number): boolean {
  if (context.uid === 0) {
    const cannotRun = !isDirectory(info.mode) && (info.mode & 0o111) === 0;
    return (wanted & FS_CONSTANTS.X_OK) === 0 || !cannotRun;
  }
  let shift = 0;
  if (context.uid === info.uid) shift = 6;
  else if (context.gid === info.gid) shift = 3;
  return (wanted & ~(info.mode >> shift)) === 0;
}

export function chmod(tree: Tree, path: PathLike, mode: number | string): Promise<void> {
  const text = pathText(path);
  const bits = permissions(mode);
  return call(
    "chmod",
    text,
    async () => tree.provider.chmod((await followExisting(tree, text)).path, bits, tree.context),
  );
}

export function chown(tree: Tree, path: PathLike, uid: number, gid: number): Promise<void> {
  const text = pathText(path);
  return call(
    "chown",
    text,
    async () =>
      tree.provider.chown((await followExisting(tree, text)).path, uid, gid, tree.context),
  );
}

export function lchown(tree: Tree, path: PathLike, uid: number, gid: number): Promise<void> {
  const text = pathText(path);
  return call(
    "lchown",
    text,
    () => onName(tree, text, (clean) => tree.provider.chown(clean, uid, gid, tree.context)),
  );
}

export function utimes(
  tree: Tree,
  path: PathLike,
  atime: TimeLike,
  mtime: TimeLike,
): Promise<void> {
  const text = pathText(path);
  const [read, changed] = [timeOf(atime), timeOf(mtime)];
  return call(
    "utime",
    text,
    async () =>
      tree.provider.utimes((await followExisting(tree, text)).path, read, changed, tree.context),
  );
}

export function lutimes(
  tree: Tree,
  path: PathLike,
  atime: TimeLike,
  mtime: TimeLike,
): Promise<void> {
  const text = pathText(path);
  const [read, changed] = [timeOf(atime), timeOf(mtime)];
  return call(
    "lutime",
    text,
    () => onName(tree, text, (clean) => tree.provider.utimes(clean, read, changed, tree.context)),
  );
}

export function truncate(tree: Tree, path: PathLike, size = 0): Promise<void> {
  const text = pathText(path);
  return call("open", text, async () => {
    const { path: clean } = await followExisting(tree, text);
    await tree.provider.truncate(clean, Math.max(0, size), tree.context);
  });
}

export function statfs(tree: Tree, path: PathLike): Promise<FsStats> {
  const text = pathText(path);
  return call("statfs", text, async () => {
    const { path: clean } = await followExisting(tree, text);
    const stats: StatFs = await tree.provider.statfs(clean, tree.context);
    const { bsize, blocks, bfree, bavail, files, ffree } = stats;
    return { type: 0, bsize, frsize: bsize, blocks, bfree, bavail, files, ffree };
  });
}
