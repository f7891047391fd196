import {
  baseName,
  isDirectory,
  type OpContext,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkPath } from "./_check.ts";
import type { Directory } from "./_directory.ts";
import type { Volume } from "./_volume.ts";

/** Makes a directory with exactly this mode. */
export function makeDirectory(
  volume: Volume,
  path: string,
  mode: number,
  context: OpContext | undefined,
): void {
  make(volume, parentOfNew(volume, path).descriptor, baseName(path), mode, context);
}

function make(
  volume: Volume,
  directory: number,
  name: string,
  mode: number,
  context: OpContext | undefined,
): void {
  volume.syscalls.mkdir(directory, name, volume.ownership.hostMode(mode, true));
  if (volume.ownership.inNotes) noteMade(volume, directory, name, S_IFDIR | mode, context);
}

/** Notes whose something new is; without the note it must not stay. */
function noteMade(
  volume: Volume,
  directory: number,
  name: string,
  mode: number,
  context: OpContext | undefined,
): void {
  const { ownership, syscalls } = volume;
  const node = syscalls.openNode(directory, name);
  if (node < 0) return;
  try {
    ownership.made(node, directory, mode, context);
  } catch (error) {
    if (isDirectory(mode)) syscalls.rmdir(directory, name);
    else syscalls.unlink(directory, name);
    throw error;
  } finally {
    syscalls.close(node);
  }
}

/** Makes each missing directory of a path, from the top down, each step from the one before. */
export function makeDirectories(
  volume: Volume,
  path: string,
  mode: number,
  context: OpContext | undefined,
): void {
  checkPath(path);
  const { tree } = volume;
  let directory = tree.hold(tree.at("/"));
  try {
    for (let end = 0; end < path.length && path !== "/";) {
      const start = end + 1;
      end = path.indexOf("/", start);
      if (end < 0) end = path.length;
      const name = path.slice(start, end);
      const below = enterOrMake(volume, directory, name, path.slice(0, end), mode, context);
      tree.hold(below);
      tree.release(directory);
      directory = below;
    }
  } finally {
    tree.release(directory);
  }
}

function enterOrMake(
  volume: Volume,
  parent: Directory,
  name: string,
  path: string,
  mode: number,
  context: OpContext | undefined,
): Directory {
  try {
    return volume.tree.child(parent, name, path);
  } catch (error) {
    if (!(error instanceof VfsError) || error.code !== "ENOENT") throw error;
  }
  volume.checkWritable(path);
  try {
    make(volume, parent.descriptor, name, mode, context);
  } catch (error) {
    // Somebody else was faster: what it is will show.
    if (!(error instanceof VfsError) || error.code !== "EEXIST") throw error;
  }
  return volume.tree.child(parent, name, path);
}

/** Makes a fifo, a socket or a regular file. A guest makes no devices: they are the host's. */
export function makeNode(
  volume: Volume,
  path: string,
  mode: number,
  rdev: number,
  context: OpContext | undefined,
): void {
  const { descriptor } = parentOfNew(volume, path);
  const type = mode & S_IFMT;
  switch (type) {
    case 0:
    case S_IFREG:
      break;
    case S_IFIFO:
    case S_IFSOCK:
      volume.checkMaking(mode, path);
      break;
    case S_IFCHR:
    case S_IFBLK:
    case S_IFDIR:
      throw new VfsError("EPERM", path);
    default:
      throw new VfsError("EINVAL", path);
  }
  const full = type === 0 ? mode | S_IFREG : mode;
  const name = baseName(path);
  const hostMode = (full & S_IFMT) | volume.ownership.hostMode(mode, false);
  volume.syscalls.mknod(descriptor, name, hostMode, rdev);
  if (volume.ownership.inNotes) noteMade(volume, descriptor, name, full, context);
}

/** Makes a symbolic link: text, which is not looked at. */
export function makeSymlink(volume: Volume, target: string, path: string): void {
  if (target === "") throw new VfsError("ENOENT", path);
  if (target.includes("\0")) throw new VfsError("EINVAL", path);
  if (!target.isWellFormed()) throw new VfsError("EILSEQ", path);
  const directory = parentOfNew(volume, path);
  volume.checkMaking(S_IFLNK, path);
  volume.syscalls.symlink(target, directory.descriptor, baseName(path));
}

/** Gives a file another name; a symbolic link is linked itself. */
export function makeLink(volume: Volume, existing: string, path: string): void {
  checkPath(existing);
  const { syscalls, tree } = volume;
  if (existing === "/") throw new VfsError(volume.readonly ? "EROFS" : "EPERM", existing);
  const from = tree.hold(tree.parentOf(existing));
  try {
    const name = baseName(existing);
    // Linux looks for the file before it looks at the new name.
    if (!syscalls.lstat(from.descriptor, name, volume.stat)) throw new VfsError("ENOENT", existing);
    const directory = parentOfNew(volume, path);
    volume.checkName(from, name, existing);
    syscalls.link(from.descriptor, name, directory.descriptor, baseName(path));
  } finally {
    tree.release(from);
  }
}

/** Tells what a symbolic link says. */
export function readLink(volume: Volume, path: string): string {
  checkPath(path);
  if (path === "/") throw new VfsError("EINVAL", path);
  const directory = volume.tree.parentOf(path);
  const name = baseName(path);
  volume.checkName(directory, name, path);
  return volume.syscalls.readlink(directory.descriptor, name);
}

/** Opens the directory in which something is to be made. */
function parentOfNew(volume: Volume, path: string): Directory {
  checkPath(path);
  volume.checkWritable(path);
  if (path === "/") throw new VfsError("EEXIST", path);
  return volume.tree.parentOf(path);
}
