import type { DirEntry } from "../../src/fs/mod.ts";
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
  const info = volume.lookupAt(directory, name);
  if (info === undefined) {
    // Some runtimes replace what is not UTF-8 in a name: there is nothing by the name they tell.
    if (name.includes("\uFFFD")) volume.skippedNames++;
    return undefined;
  }
  const { ino, mode } = info;
  return plus ? { name, ino, mode, info } : { name, ino, mode };
}
