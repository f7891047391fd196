import {
  baseName,
  isDirectory,
  type OpContext,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkPath } from "./_check.ts";
import { TreeRemoval } from "./_tree_removal.ts";
import type { Volume } from "./_volume.ts";

/** Removes a name that is not a directory's. */
export function removeName(volume: Volume, path: string): void {
  checkPath(path);
  volume.checkWritable(path);
  if (path === "/") throw new VfsError("EISDIR", path);
  volume.syscalls.unlink(volume.tree.parentOf(path).descriptor, baseName(path));
}

/** Removes an empty directory. */
export function removeDirectory(volume: Volume, path: string): void {
  checkPath(path);
  volume.checkWritable(path);
  if (path === "/") throw new VfsError("EBUSY", path);
  volume.syscalls.rmdir(volume.tree.parentOf(path).descriptor, baseName(path));
  volume.tree.forget(path);
}

/** Removes a name and everything below it; of the root, everything below it. */
export function removeTree(
  volume: Volume,
  path: string,
  context: OpContext | undefined,
): void | Promise<void> {
  checkPath(path);
  const { stat, syscalls, tree } = volume;
  if (!volume.look(path)) return;
  volume.checkWritable(path);
  if (!isDirectory(stat.mode)) return removeName(volume, path);
  tree.forget(path);
  const removed = new TreeRemoval(syscalls, tree, tree.at(path).descriptor).run(context);
  const finish = () => {
    tree.forget(path);
    if (path !== "/") removeDirectory(volume, path);
  };
  if (removed === undefined) return finish();
  return removed.then(finish, (error) => {
    // A part of it is gone.
    tree.forget(path);
    throw error;
  });
}

/** Gives something another name. */
export function renameName(volume: Volume, from: string, to: string, flags: number): void {
  checkPath(from);
  checkPath(to);
  volume.checkWritable(from);
  if (flags !== 0 && flags !== RENAME_NOREPLACE && flags !== RENAME_EXCHANGE) {
    throw new VfsError("EINVAL", from);
  }
  if (from === "/" || to === "/") throw new VfsError("EBUSY", from);
  const { syscalls, tree } = volume;
  const source = tree.hold(tree.parentOf(from));
  try {
    const target = tree.parentOf(to);
    const name = baseName(from);
    const newName = baseName(to);
    volume.checkName(source, name, from);
    if (flags === RENAME_EXCHANGE) volume.checkName(target, newName, to);
    syscalls.rename(source.descriptor, name, target.descriptor, newName, flags);
    tree.forget(from);
    tree.forget(to);
  } finally {
    tree.release(source);
  }
}
