import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { VfsError } from "../../src/fs/mod.ts";
import { runCommand } from "./_command.ts";
import { findMount, isFuse } from "./_mountinfo.ts";

/**
 * Finds out where exactly to mount, and clears away what is left there of a server that died.
 *
 * @returns The mount point, absolute and without symbolic links.
 * @throws {VfsError} ENOENT, ENOTDIR, EBUSY if a live FUSE mount is there.
 */
export async function prepareMountPoint(path: string): Promise<string> {
  const mountPoint = locate(path);
  const entry = findMount(mountPoint);
  if (entry !== undefined && isFuse(entry)) {
    if (!await isDead(mountPoint)) throw new VfsError("EBUSY", `${path} is a mount already`);
    const { code, message } = await runCommand("umount", ["-l", mountPoint]);
    if (code !== 0) await runCommand("fusermount3", ["-u", "-z", mountPoint]);
    if (findMount(mountPoint)?.device === entry.device) {
      throw new VfsError("ENOTCONN", `${path}: ${message}`);
    }
  }
  const info = lstatSync(mountPoint, { throwIfNoEntry: false });
  if (info === undefined) throw new VfsError("ENOENT", path);
  if (!info.isDirectory()) throw new VfsError("ENOTDIR", path);
  return mountPoint;
}

/** The real path, found without touching what may be mounted there. */
export function locate(path: string): string {
  const absolute = resolve(path);
  if (findMount(absolute) !== undefined) return absolute;
  const directory = dirname(absolute);
  try {
    const real = join(realpathSync(directory), basename(absolute));
    return findMount(real) !== undefined ? real : realpathSync(real);
  } catch {
    throw new VfsError("ENOENT", path);
  }
}

/**
 * Whether nobody serves a mount any more. Another process looks: if the server is there and does
 * not answer, looking takes for ever.
 */
async function isDead(mountPoint: string): Promise<boolean> {
  const { code, message } = await runCommand("timeout", ["-s", "KILL", "2", "stat", mountPoint]);
  return code !== 0 && /not connected|aborted/i.test(message);
}
