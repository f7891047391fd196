import { realpathSync } from "node:fs";
import process from "node:process";
import { VfsError } from "../src/fs/mod.ts";
import type { MemoryOptions } from "../src/providers/memory/options.ts";
import type { MountedTree, MountOptions, MountSource } from "./runtime.ts";

/** Mounts what the command line names: by a thread of its own where that is possible. */
export async function mountSource(
  source: MountSource,
  mountPoint: string,
  options: MountOptions = {},
): Promise<MountedTree> {
  checkSystem();
  // Loaded by those who mount, and by nobody else.
  const [{ mount }, { locate }] = await Promise.all([
    import("./fuse/mod.ts"),
    import("./fuse/_mount_point.ts"),
  ]);
  checkNotInside(source, locate(mountPoint));
  if (source.kind === "provider") return await mount(source.provider, mountPoint, options);
  const module = new URL("./_mount_sources.ts", import.meta.url);
  const argument = source.kind === "memory"
    ? owned(source.options)
    // The thread has a current directory of its own on no runtime, but let it not depend on that.
    : { directory: realpathSync(source.directory), options: plain(source.options) };
  return await mount({ module, export: source.kind, argument }, mountPoint, options);
}

/** Takes a mount away, gently or from those who use it. */
export async function unmountAt(path: string, force: boolean): Promise<void> {
  checkSystem();
  const [{ locate }, { findMount, isFuse }, { runCommand }, { takeAway }] = await Promise.all([
    import("./fuse/_mount_point.ts"),
    import("./fuse/_mountinfo.ts"),
    import("./fuse/_command.ts"),
    import("./fuse/_unmount.ts"),
  ]);
  const mountPoint = locate(path);
  const entry = findMount(mountPoint);
  if (entry === undefined || !isFuse(entry)) throw new VfsError("EINVAL", path);
  const isGone = () => findMount(mountPoint)?.device !== entry.device;
  if (force) {
    await takeAway(mountPoint, entry.device, 0);
    if (isGone()) return;
    throw new VfsError("EPERM", path);
  }
  const { code, message } = await runCommand("umount", [mountPoint]);
  if (code === 0 || isGone()) return;
  const helped = await runCommand("fusermount3", ["-u", mountPoint]);
  if (helped.code === 0 || isGone()) return;
  const isBusy = /busy/i.test(`${message} ${helped.message}`);
  throw new VfsError(isBusy ? "EBUSY" : "EPERM", isBusy ? path : `${path}: ${message}`);
}

function checkSystem(): void {
  if (process.platform !== "linux") {
    throw new VfsError("EOPNOTSUPP", `mounting needs Linux, and this is ${process.platform}`);
  }
}

/**
 * Refuses a mount point below a directory that is served: whoever walks there asks the mount, which
 * asks the one who walks, and both wait for ever. (The directory itself can be mounted over: it is
 * open from before.)
 *
 * @param mountPoint As it was found without touching what may be mounted there.
 */
function checkNotInside(source: MountSource, mountPoint: string): void {
  const directories = source.kind === "provider"
    ? source.directories
    : source.kind === "directory"
    ? [source.directory]
    : [];
  for (const directory of directories) {
    const root = realpathSync(directory);
    const isInside = mountPoint.startsWith(root.endsWith("/") ? root : `${root}/`);
    if (isInside) throw new VfsError("EDEADLK", directory);
  }
}

/** An empty tree is of use only to whom its root belongs: whoever mounts it, if nobody else is named. */
function owned(options: MemoryOptions): MemoryOptions {
  const root = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, ...options.root };
  return { ...options, root };
}

/** Without functions. */
function plain<T extends object>(options: T): Partial<T> {
  const entries = Object.entries(options).filter(([, value]) => typeof value !== "function");
  return Object.fromEntries(entries) as Partial<T>;
}
