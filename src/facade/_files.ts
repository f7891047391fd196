import {
  type Handle,
  isDirectory,
  isRegularFile,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  S_PERM,
  VfsError,
} from "../fs/mod.ts";
import { checkData, type ContentOptions, contentOptions, type FileData } from "./_bytes.ts";
import { call, hasCode, throwIfAborted, wrongValue } from "./_call.ts";
import { FS_CONSTANTS } from "./constants.ts";
import { FileHandle } from "./file_handle.ts";
import { openFlags, permissions } from "./_open_flags.ts";
import { copyContent } from "./_transfer.ts";
import {
  directPath,
  follow,
  followExisting,
  namesDirectory,
  type PathLike,
  pathText,
  type Tree,
  walk,
} from "./_tree.ts";

/** Options of `readFile`; a text is the encoding. */
export interface ReadFileOptions extends ContentOptions {
  /** How to open the file; default `"r"`. */
  readonly flag?: string | number | undefined;
}

/** Options of `writeFile` and `appendFile`; a text is the encoding. */
export interface WriteFileOptions extends ContentOptions {
  /** The permissions of a file that is made; default 0o666, less the umask. */
  readonly mode?: number | string | undefined;
  /** How to open the file; default `"w"`, or `"a"` to append. */
  readonly flag?: string | number | undefined;
  /** Whether to put the data on stable storage. */
  readonly flush?: boolean | undefined;
}

/** Opens what a path leads to. */
export async function openHandle(
  tree: Tree,
  text: string,
  flags: number,
  mode: number,
): Promise<Handle> {
  const { provider, context } = tree;
  const bits = mode & ~tree.umask & S_PERM;
  if ((flags & O_CREAT) !== 0 && namesDirectory(text)) throw new VfsError("EISDIR", text);
  // With these the kernel does not follow the last name, whatever it is.
  const isNameItself = (flags & O_NOFOLLOW) !== 0 ||
    (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
  const direct = namesDirectory(text) ? undefined : directPath(text);
  if (direct !== undefined) {
    try {
      return await provider.open(direct, flags, bits, context);
    } catch (error) {
      const isLink = hasCode(error, "ELOOP") && !isNameItself;
      if (!isLink && !hasCode(error, "ENOTDIR")) throw error;
    }
  }
  const { path } = await walk(tree, text, !isNameItself);
  return await provider.open(path, flags, bits, context);
}

export function open(
  tree: Tree,
  path: PathLike,
  flags: string | number = "r",
  mode: number | string = 0o666,
): Promise<FileHandle> {
  const text = pathText(path);
  const [numbers, bits] = [openFlags(flags), permissions(mode)];
  return call(
    "open",
    text,
    async () => new FileHandle(tree, await openHandle(tree, text, numbers, bits)),
  );
}

export async function readFile(
  tree: Tree,
  path: PathLike | FileHandle,
  options?: ReadFileOptions | string | null,
): Promise<string | Uint8Array> {
  const content = contentOptions(options);
  if (path instanceof FileHandle) return path.readFile(content);
  throwIfAborted(content.signal);
  const file = await open(tree, path, content.flag ?? "r");
  try {
    return await file.readFile(content);
  } finally {
    await file.close();
  }
}

export async function writeFile(
  tree: Tree,
  path: PathLike | FileHandle,
  data: FileData,
  options?: WriteFileOptions | string | null,
): Promise<void> {
  const content = contentOptions(options);
  checkData(data);
  if (path instanceof FileHandle) return path.writeFile(data, content);
  throwIfAborted(content.signal);
  const file = await open(tree, path, content.flag ?? "w", content.mode ?? 0o666);
  try {
    await file.writeFile(data, content);
    if (content.flush === true) await file.sync();
  } finally {
    await file.close();
  }
}

export function appendFile(
  tree: Tree,
  path: PathLike | FileHandle,
  data: FileData,
  options?: WriteFileOptions | string | null,
): Promise<void> {
  return writeFile(tree, path, data, { flag: "a", ...contentOptions(options) });
}

export function copyFile(
  tree: Tree,
  from: PathLike,
  to: PathLike,
  mode = 0,
): Promise<void> {
  const [source, target] = [pathText(from), pathText(to)];
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = FS_CONSTANTS;
  if ((mode & ~(COPYFILE_EXCL | COPYFILE_FICLONE | COPYFILE_FICLONE_FORCE)) !== 0) {
    throw wrongValue("the copy mode", mode);
  }
  return call("copyfile", source, async () => {
    if ((mode & COPYFILE_FICLONE_FORCE) !== 0) throw new VfsError("EOPNOTSUPP", source);
    await copyOne(tree, source, target, (mode & COPYFILE_EXCL) === 0 ? 0 : O_EXCL);
  }, target);
}

async function copyOne(tree: Tree, source: string, target: string, extra: number): Promise<void> {
  const { path, info } = await followExisting(tree, source);
  if (isDirectory(info.mode)) throw new VfsError("EISDIR", source);
  const existing = (await follow(tree, target)).info;
  if (extra === 0 && existing?.ino === info.ino && isRegularFile(existing.mode)) return;
  const { context } = tree;
  const input = await tree.provider.open(path, O_RDONLY, 0, context);
  try {
    // Emptied when it is open, and not by opening: two names may be one file.
    const output = await openHandle(tree, target, O_WRONLY | O_CREAT | extra, info.mode);
    try {
      const made = await output.stat(context);
      if (made.ino === info.ino) return;
      await output.truncate(0, context);
      await copyContent(input, output, context);
      await output.chmod(info.mode & S_PERM, context);
    } finally {
      await output.close(context);
    }
  } finally {
    await input.close(context);
  }
}
