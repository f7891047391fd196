import {
  isDirectory,
  isSymlink,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_TMPFILE,
  O_TRUNC,
  type OpContext,
  S_IFREG,
  S_PERM,
  VfsError,
} from "../../fs/mod.ts";
import { Directory } from "./_directory.ts";
import { DirectoryHandle } from "./_directory_handle.ts";
import { FileContent } from "./_file_content.ts";
import { FileHandle } from "./_file_handle.ts";
import type { Inode } from "./_inode.ts";
import type { Namespace } from "./_namespace.ts";
import { PathHandle } from "./_path_handle.ts";
import type { Volume } from "./_volume.ts";
import type { MemoryHandle } from "./memory_handle.ts";

/** The bit of `O_TMPFILE` that is its own. */
const TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

/** Opens a path, with the checks of Linux in their order. */
export function open(
  volume: Volume,
  names: Namespace,
  path: string,
  flags: number,
  mode: number,
  context: OpContext,
): MemoryHandle {
  if ((flags & O_PATH) !== 0) {
    const inode = names.get(path);
    if ((flags & O_DIRECTORY) !== 0) checkDirectory(inode, path);
    return new PathHandle(volume, inode);
  }
  if ((flags & TMPFILE_BIT) !== 0) return openUnnamed(volume, names, path, flags, mode, context);
  if ((flags & O_CREAT) === 0) return openInode(volume, names.get(path), path, flags, context);

  if ((flags & O_DIRECTORY) !== 0) throw new VfsError("EINVAL", path);
  const place = names.place(path);
  const found = place === undefined ? volume.root : place.inode;
  if (found !== undefined) {
    if ((flags & O_EXCL) !== 0) throw new VfsError("EEXIST", path);
    if (isDirectory(found.mode)) throw new VfsError("EISDIR", path);
    return openInode(volume, found, path, flags, context);
  }
  const content = new FileContent();
  const inode = volume.make(place!.parent, S_IFREG | (mode & S_PERM), content, context);
  names.add(place!, inode);
  return new FileHandle(volume, inode, content, flags);
}

function openInode(
  volume: Volume,
  inode: Inode,
  path: string,
  flags: number,
  context: OpContext,
): MemoryHandle {
  if ((flags & O_DIRECTORY) !== 0) checkDirectory(inode, path);
  const { body } = inode;
  if (body instanceof FileContent) {
    if ((flags & O_TRUNC) !== 0) volume.truncate(inode, 0, true, context);
    return new FileHandle(volume, inode, body, flags);
  }
  if (body instanceof Directory) {
    const isChange = (flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0;
    if (isChange) throw new VfsError("EISDIR", path);
    return new DirectoryHandle(volume, inode, flags);
  }
  throw new VfsError(isSymlink(inode.mode) ? "ELOOP" : "ENXIO", path);
}

/** Opens a file that has no name, and is gone when it is closed. */
function openUnnamed(
  volume: Volume,
  names: Namespace,
  path: string,
  flags: number,
  mode: number,
  context: OpContext,
): MemoryHandle {
  const isWritable = (flags & O_ACCMODE) !== O_RDONLY;
  if ((flags & O_DIRECTORY) === 0 || (flags & O_CREAT) !== 0 || !isWritable) {
    throw new VfsError("EINVAL", path);
  }
  const directory = names.get(path);
  checkDirectory(directory, path);
  const content = new FileContent();
  const inode = volume.make(directory, S_IFREG | (mode & S_PERM), content, context);
  return new FileHandle(volume, inode, content, flags);
}

function checkDirectory(inode: Inode, path: string): void {
  if (!isDirectory(inode.mode)) throw new VfsError("ENOTDIR", path);
}
