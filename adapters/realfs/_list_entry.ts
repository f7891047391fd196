import { type DirEntry, type FileInfo, S_IFMT, VfsError } from "../../src/fs/mod.ts";
import type { HostEntry } from "./syscalls.ts";
import type { Volume } from "./_volume.ts";

/**
 * Tells the guest of a name that a listing of the host has.
 *
 * @param directory The open directory that is listed, on `device`.
 * @returns `undefined` for a name that has gone meanwhile, or that is not UTF-8, which is counted.
 */
export function listEntry(
  volume: Volume,
  directory: number,
  device: number,
  entry: HostEntry,
  plus: boolean,
): DirEntry | undefined {
  const { name, type } = entry;
  if (typeof name !== "string") {
    volume.skippedNames++;
    return undefined;
  }
  if (!plus && type !== 0) {
    return { name, ino: volume.inode(device, entry.ino), mode: type };
  }
  const info = lookAt(volume, directory, name);
  if (info === "elsewhere") return mountPoint(volume, directory, name);
  if (info === undefined) {
    // Some runtimes replace what is not UTF-8 in a name: there is nothing by the name they tell.
    if (name.includes("\uFFFD")) volume.skippedNames++;
    return undefined;
  }
  const { ino, mode } = info;
  return plus ? { name, ino, mode, info } : { name, ino, mode };
}

function lookAt(
  volume: Volume,
  directory: number,
  name: string,
): FileInfo | "elsewhere" | undefined {
  try {
    return volume.lookupAt(directory, name);
  } catch (error) {
    if (error instanceof VfsError && error.code === "EXDEV") return "elsewhere";
    throw error;
  }
}

/** The name of what another mount covers, where other mounts are out of bounds: that much is told. */
function mountPoint(volume: Volume, directory: number, name: string): DirEntry | undefined {
  const { stat, syscalls } = volume;
  if (!syscalls.lstat(directory, name, stat)) return undefined;
  return { name, ino: volume.inode(stat.dev, stat.ino), mode: stat.mode & S_IFMT };
}
