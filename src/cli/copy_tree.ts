import {
  type FileInfo,
  type Handle,
  isDirectory,
  isRegularFile,
  isSymlink,
  isWithin,
  joinPath,
  O_CREAT,
  O_NOFOLLOW,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  S_PERM,
  toVfsError,
  VfsError,
} from "../fs/mod.ts";
import { CommandError } from "./command_error.ts";
import { typeName } from "./format_mode.ts";
import type { Progress } from "./progress.ts";

/** Something in a tree. */
export interface Place {
  readonly provider: Provider;
  readonly path: string;
}

/** How to copy. */
export interface CopyOptions {
  /** Whether to copy directories, with everything below them. */
  readonly isRecursive: boolean;
  /** Counts what is copied. */
  readonly progress: Progress;
  /** Told of what cannot be copied, and is left out. */
  readonly onSkip: (path: string, type: string) => void;
  /** Told of what could not be copied, of a directory whose other parts are. */
  readonly onFail: (path: string, error: unknown) => void;
}

/** How much is copied at a time, in bytes. */
const PIECE = 1 << 20;

/** Failures after which nothing else can be copied either. */
const FINAL: readonly string[] = ["ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOSPC", "EDQUOT", "EROFS"];

/** The permissions that a copy gets: what runs as somebody else does not become that by a copy. */
const COPIED = S_PERM & 0o777;

/**
 * Copies a file, a link, or a whole tree, from one provider to another or within one. Links are
 * copied as they are. What is in the way is replaced, but for directories.
 *
 * @throws {CommandError} For a directory where `isRecursive` is false, or one copied into itself.
 * @throws {VfsError} What the providers say, unless it concerns but a part of a directory.
 */
export async function copyTree(from: Place, to: Place, options: CopyOptions): Promise<void> {
  const info = await from.provider.stat(from.path);
  if (!isDirectory(info.mode)) return await copyOne(from, info, to, options);
  if (!options.isRecursive) {
    throw new CommandError(`Cannot copy ${from.path}: it is a directory, use -r`);
  }
  if (from.provider === to.provider && isWithin(to.path, from.path)) {
    throw new CommandError(`Cannot copy ${from.path}: ${to.path} lies within it`);
  }
  const top = { from: from.path, to: to.path, mode: info.mode };
  // A list and not recursion: no depth of directories can overflow the stack.
  const pending = await copyDirectory(from.provider, to.provider, top, options);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    try {
      pending.push(...await copyDirectory(from.provider, to.provider, next, options));
    } catch (error) {
      failed(next.from, error, options);
    }
  }
}

/** A directory to be copied. */
interface Directory {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
}

/** Copies what is in a directory, and gives the directories in it. */
async function copyDirectory(
  source: Provider,
  target: Provider,
  { from, to, mode }: Directory,
  options: CopyOptions,
): Promise<Directory[]> {
  await makeDirectory(target, to, mode);
  const directories: Directory[] = [];
  for (const entry of await source.readDir(from, true)) {
    const path = joinPath(from, entry.name);
    const place = { provider: target, path: joinPath(to, entry.name) };
    try {
      const info = entry.info ?? await source.stat(path);
      if (isDirectory(info.mode)) {
        directories.push({ from: path, to: place.path, mode: info.mode });
      } else await copyOne({ provider: source, path }, info, place, options);
    } catch (error) {
      failed(path, error, options);
    }
  }
  return directories.reverse();
}

function failed(path: string, error: unknown, { onFail }: CopyOptions): void {
  if (FINAL.includes(toVfsError(error).code)) throw error;
  onFail(path, error);
}

async function makeDirectory(provider: Provider, path: string, mode: number): Promise<void> {
  try {
    // What is copied into it has to be allowed while it is done.
    await provider.mkdir(path, (mode & COPIED) | 0o700);
  } catch (error) {
    const isThere = error instanceof VfsError &&
      (error.code === "EEXIST" || error.code === "EBUSY");
    if (!isThere || !isDirectory((await provider.stat(path)).mode)) throw error;
  }
}

async function copyOne(
  from: Place,
  info: FileInfo,
  to: Place,
  { progress, onSkip }: CopyOptions,
): Promise<void> {
  if (isSymlink(info.mode)) {
    await copyLink(from, to);
  } else if (isRegularFile(info.mode)) {
    await copyFile(from, info, to, progress);
  } else {
    return onSkip(from.path, typeName(info.mode));
  }
  progress.files++;
}

async function copyLink(from: Place, { provider, path }: Place): Promise<void> {
  const target = await from.provider.readlink(from.path);
  try {
    await provider.symlink(target, path);
  } catch (error) {
    if (!(error instanceof VfsError && error.code === "EEXIST")) throw error;
    await provider.unlink(path);
    await provider.symlink(target, path);
  }
}

async function copyFile(
  from: Place,
  info: FileInfo,
  to: Place,
  progress: Progress,
): Promise<void> {
  const existing = from.provider === to.provider ? await to.provider.lookup(to.path) : undefined;
  if (existing?.ino === info.ino) {
    throw new CommandError(`Cannot copy ${from.path}: it and ${to.path} are the same file`);
  }
  const source = await from.provider.open(from.path, O_RDONLY | O_NOFOLLOW, 0);
  try {
    const target = await openTarget(to, info.mode & COPIED);
    try {
      await copyContent(source, target, progress);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function openTarget({ provider, path }: Place, mode: number): Promise<Handle> {
  try {
    return await provider.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  } catch (error) {
    if (!(error instanceof VfsError && error.code === "ELOOP")) throw error;
    throw new CommandError(
      `Cannot write ${path}: it is a symbolic link, and none is followed here`,
    );
  }
}

async function copyContent(source: Handle, target: Handle, progress: Progress): Promise<void> {
  try {
    for (let offset = 0;;) {
      const count = await source.copyRange(offset, target, offset, PIECE);
      if (count === 0) return;
      offset += count;
      progress.bytes += count;
    }
  } catch (error) {
    // Files of two providers, or of one that cannot: by hand.
    if (!(error instanceof VfsError)) throw error;
    if (!["EXDEV", "ENOSYS", "EOPNOTSUPP"].includes(error.code)) throw error;
  }
  const buffer = new Uint8Array(PIECE);
  for (let offset = 0;;) {
    const count = await source.readAt(buffer, offset);
    if (count === 0) return;
    for (let done = 0; done < count;) {
      const written = await target.writeAt(buffer.subarray(done, count), offset + done);
      if (written === 0) throw new VfsError("ENOSPC");
      done += written;
    }
    offset += count;
    progress.bytes += count;
  }
}
