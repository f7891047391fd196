import {
  baseName,
  canWrite,
  type Handle,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_PATH,
  O_RDONLY,
  O_TMPFILE,
  O_TRUNC,
  type OpContext,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  VfsError,
} from "../../src/fs/mod.ts";
import { O_DIRECTORY as HOST_O_DIRECTORY, PASSED_FLAGS } from "./_abi.ts";
import { DirectoryHandle } from "./_directory_handle.ts";
import { FileHandle } from "./_file_handle.ts";
import type { Volume } from "./_volume.ts";

/** How often the name may appear and vanish between two calls until we give up. */
const ATTEMPTS = 16;

/** Refuses flags that make no sense, or that would make a handle of another kind. */
export function checkOpenFlags(flags: number, path: string): void {
  const unnamed = (flags & O_TMPFILE) === O_TMPFILE;
  if (
    (flags & O_ACCMODE) === O_ACCMODE ||
    (flags & O_PATH) !== 0 ||
    (flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY) ||
    (unnamed && !canWrite(flags))
  ) {
    throw new VfsError("EINVAL", path);
  }
}

/** Opens what a path names, or makes a regular file by that name. */
export function openPath(
  volume: Volume,
  path: string,
  flags: number,
  mode: number,
  context: OpContext | undefined,
): Handle {
  if ((flags & O_TMPFILE) === O_TMPFILE) return createUnnamed(volume, path, flags, mode, context);
  if ((flags & O_CREAT) === 0 || path === "/") return openExisting(volume, path, flags);
  for (let i = 0; i < ATTEMPTS; i++) {
    try {
      return createNew(volume, path, flags, mode, context);
    } catch (error) {
      if (!isCode(error, "EEXIST") || (flags & O_EXCL) !== 0) throw error;
    }
    try {
      return openExisting(volume, path, flags);
    } catch (error) {
      if (!isCode(error, "ENOENT")) throw error;
    }
  }
  throw new VfsError("EAGAIN", path);
}

function createNew(
  volume: Volume,
  path: string,
  flags: number,
  mode: number,
  context: OpContext | undefined,
): Handle {
  const { ownership, syscalls, tree } = volume;
  const { descriptor } = tree.parentOf(path);
  const name = baseName(path);
  const passed = flags & PASSED_FLAGS & ~O_TRUNC;
  const file = syscalls.createFile(descriptor, name, passed, ownership.hostMode(mode, false));
  try {
    ownership.made(file, descriptor, mode, context);
  } catch (error) {
    syscalls.close(file);
    syscalls.unlink(descriptor, name);
    throw error;
  }
  return new FileHandle(volume, file, flags);
}

function createUnnamed(
  volume: Volume,
  path: string,
  flags: number,
  mode: number,
  context: OpContext | undefined,
): Handle {
  const { ownership, syscalls, tree } = volume;
  const { descriptor } = tree.at(path);
  const passed = flags & PASSED_FLAGS & ~O_TRUNC;
  const file = syscalls.createUnnamed(descriptor, passed, ownership.hostMode(mode, false));
  try {
    ownership.made(file, descriptor, mode, context);
  } catch (error) {
    syscalls.close(file);
    throw error;
  }
  return new FileHandle(volume, file, flags);
}

/** Opens without touching what is neither file nor directory: only its inode is looked at. */
function openExisting(volume: Volume, path: string, flags: number): Handle {
  if (path !== "/" && (flags & O_DIRECTORY) === 0) {
    const { tree } = volume;
    const file = tree.exclusive
      ? openByName(volume, path, flags)
      : tree.openRegular(path, flags & PASSED_FLAGS);
    if (file >= 0) return new FileHandle(volume, file, flags);
  }
  const node = volume.tree.openNode(path, volume.stat);
  try {
    return openNode(volume, node, flags, path);
  } finally {
    volume.tree.closeNode(node);
  }
}

/**
 * Opens a regular file in the two calls that suffice where nobody exchanges names meanwhile: one to
 * see that it is one, one to open it. Everything else is left to the way that holds for all.
 */
function openByName(volume: Volume, path: string, flags: number): number {
  const { stat, syscalls, tree } = volume;
  if (tree.noxdev) return -1;
  const { descriptor } = tree.parentOf(path);
  const name = baseName(path);
  if (!syscalls.lstat(descriptor, name, stat)) throw new VfsError("ENOENT", path);
  if ((stat.mode & S_IFMT) !== S_IFREG || stat.dev !== tree.root.device) return -1;
  return syscalls.openFile(descriptor, name, flags & PASSED_FLAGS);
}

/** Opens the inode that a node stands for and `volume.stat` describes. */
function openNode(volume: Volume, node: number, flags: number, path: string): Handle {
  const { stat, syscalls } = volume;
  switch (stat.mode & S_IFMT) {
    case S_IFREG: {
      if ((flags & O_DIRECTORY) !== 0) throw new VfsError("ENOTDIR", path);
      return new FileHandle(volume, syscalls.reopen(node, flags & PASSED_FLAGS), flags);
    }
    case S_IFDIR: {
      const device = stat.dev;
      if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) throw new VfsError("EEXIST", path);
      if (canWrite(flags) || (flags & (O_CREAT | O_TRUNC)) !== 0) {
        throw new VfsError("EISDIR", path);
      }
      const directory = syscalls.reopen(node, O_RDONLY | HOST_O_DIRECTORY);
      return new DirectoryHandle(volume, directory, device);
    }
    case S_IFLNK:
      throw new VfsError((flags & O_DIRECTORY) === 0 ? "ELOOP" : "ENOTDIR", path);
    default:
      throw new VfsError((flags & O_DIRECTORY) === 0 ? "ENXIO" : "ENOTDIR", path);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof VfsError && error.code === code;
}
