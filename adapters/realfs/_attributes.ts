import {
  isDirectory,
  isRegularFile,
  isSymlink,
  O_WRONLY,
  type StatFs,
  type TimeChange,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkIds, checkPath, checkSize } from "./_check.ts";
import type { Volume } from "./_volume.ts";

/**
 * Opens the node of what a path names, calls back with `volume.stat` describing it, and closes it.
 * Whatever is done to a node is done to the inode that was looked at.
 */
export function withNode<T>(volume: Volume, path: string, use: (node: number) => T): T {
  checkPath(path);
  const { stat, tree } = volume;
  const node = tree.openNode(path, stat);
  try {
    volume.checkKind(stat.mode, path);
    return use(node);
  } finally {
    tree.closeNode(node);
  }
}

/** Sets the permissions. */
export function changeMode(volume: Volume, path: string, mode: number): void {
  volume.checkWritable(path);
  withNode(volume, path, (node) => {
    if (isSymlink(volume.stat.mode)) throw new VfsError("EOPNOTSUPP", path);
    volume.ownership.chmod(node, volume.stat, mode);
  });
}

/** Sets the owner; of a symbolic link, the link's. */
export function changeOwner(volume: Volume, path: string, uid: number, gid: number): void {
  checkIds(uid, gid);
  volume.checkWritable(path);
  withNode(volume, path, (node) => volume.ownership.chown(node, volume.stat, uid, gid));
}

/** Sets the times; of a symbolic link, the link's. */
export function changeTimes(
  volume: Volume,
  path: string,
  atime: TimeChange,
  mtime: TimeChange,
): void {
  volume.checkWritable(path);
  withNode(volume, path, (node) => volume.syscalls.utimes(node, atime, mtime));
}

/** Sets the size of a regular file. */
export function changeSize(volume: Volume, path: string, size: number): void {
  checkSize(size);
  volume.checkWritable(path);
  withNode(volume, path, (node) => {
    const { stat, syscalls } = volume;
    if (isDirectory(stat.mode)) throw new VfsError("EISDIR", path);
    if (isSymlink(stat.mode)) throw new VfsError("ELOOP", path);
    if (!isRegularFile(stat.mode)) throw new VfsError("EINVAL", path);
    const file = syscalls.reopen(node, O_WRONLY);
    try {
      syscalls.truncate(file, size);
    } finally {
      syscalls.close(file);
    }
  });
}

/** Describes the filesystem that a path lies in. */
export function describeFilesystem(volume: Volume, path: string): StatFs {
  return withNode(volume, path, (node) => {
    const { type: _, ...statfs } = volume.syscalls.statfs(node);
    return { ...statfs, readonly: statfs.readonly || volume.readonly };
  });
}
