import { resolve } from "node:path";
import type { Change, Provider } from "../../src/fs/mod.ts";
import { type FuseStats, resolveFuseOptions } from "../../src/fuse/mod.ts";
import { mountName } from "./_attach.ts";
import type { Backend } from "./_backend.ts";
import { Guard } from "./_guard.ts";
import { prepareMountPoint } from "./_mount_point.ts";
import { serveHere } from "./_own_backend.ts";
import { serveInThread } from "./_thread_backend.ts";
import { abortConnection, takeAway } from "./_unmount.ts";
import type { MountOptions, ProviderModule } from "./options.ts";

/** A provider that is mounted. */
export interface Mount {
  /** Where it is mounted: an absolute path without symbolic links. */
  readonly mountPoint: string;

  /**
   * When the mount has ended, by {@link Mount.unmount} or by `umount(8)`, and the provider's handles
   * are closed. It rejects if the mount broke.
   */
  readonly closed: Promise<void>;

  /**
   * Unmounts: gently at first; from those who use the mount for longer than the option `busyGrace`
   * it is taken away, and what they still ask for fails.
   *
   * @returns When the mount has ended.
   */
  unmount(): Promise<void>;

  /**
   * Tells what was done and what is held.
   *
   * @returns The counters now.
   */
  stats(): FuseStats;

  /**
   * Tells the kernel that somebody else has changed something, so that it shows up at once. A
   * provider that is `Watchable` needs no help with this.
   *
   * @param change What has changed.
   * @throws {VfsError} EOPNOTSUPP for a mount that is served by a thread of its own.
   */
  changed(change: Change): Promise<void>;
}

/**
 * Mounts a provider, so that every program of this machine can use it as a directory. Linux only.
 *
 * A provider object is served by the event loop of the program, which must not use the mount itself
 * in a way that waits (a synchronous read of its own mount never ends). A {@link ProviderModule} is
 * served by a thread of its own: that is the fastest, and the program can use the mount as it likes.
 *
 * @param source What to mount.
 * @param path Where: a directory that exists. What a server that died left there is cleared away.
 * @param options How.
 * @returns The mount, when it answers.
 * @throws {VfsError} ENOENT, ENOTDIR, EBUSY (a mount is there already), EACCES or EPERM (no right to
 * mount), whatever the provider fails with.
 *
 * @example
 * ```ts ignore
 * import { MemoryProvider } from "@vfs/server/core";
 * import { mount } from "@vfs/server/mount";
 *
 * const mounted = await mount(new MemoryProvider(), "/mnt/tree", { signals: true });
 * await mounted.closed;
 * ```
 */
export async function mount(
  source: Provider | ProviderModule,
  path: string,
  options: MountOptions = {},
): Promise<Mount> {
  resolveFuseOptions(options);
  mountName(options);
  const given = typeof options.via === "number";
  const mountPoint = given ? resolve(path) : await prepareMountPoint(path);
  const threaded = "module" in source;
  const guard = new Guard(mountPoint, given, threaded, options.signals === true);
  try {
    const backend = threaded
      ? serveInThread(source, mountPoint, options)
      : await serveHere(source, mountPoint, options);
    await started(backend, guard, mountPoint);
    return new ActiveMount(mountPoint, backend, guard, options);
  } catch (error) {
    guard.dismiss();
    throw error;
  }
}

/** Waits until a mount answers; one that will not is taken away. */
async function started(backend: Backend, guard: Guard, mountPoint: string): Promise<void> {
  try {
    await backend.started;
  } catch (error) {
    if (guard.device !== "") await takeAway(mountPoint, guard.device, 0);
    await backend.ended.catch(() => {});
    throw error;
  }
}

class ActiveMount implements Mount {
  readonly mountPoint: string;
  readonly closed: Promise<void>;
  readonly #device: string;
  readonly #backend: Backend;
  readonly #busyGrace: number;
  #unmounting: Promise<void> | undefined;

  constructor(mountPoint: string, backend: Backend, guard: Guard, options: MountOptions) {
    this.mountPoint = mountPoint;
    this.#device = guard.device;
    this.#backend = backend;
    this.#busyGrace = options.busyGrace ?? 2000;
    this.closed = this.#closed(guard);
    // Whoever does not ask how it ended does not want to know.
    this.closed.catch(() => {});
    guard.ready(() => void this.unmount().catch(() => {}));
  }

  async #closed(guard: Guard): Promise<void> {
    try {
      await this.#backend.ended;
    } catch (error) {
      // It broke, and nobody serves it any more.
      await takeAway(this.mountPoint, this.#device, 0);
      throw error;
    } finally {
      guard.dismiss();
    }
  }

  stats(): FuseStats {
    return this.#backend.stats();
  }

  changed(change: Change): Promise<void> {
    return this.#backend.changed(change);
  }

  unmount(): Promise<void> {
    this.#unmounting ??= this.#unmount();
    return this.#unmounting;
  }

  async #unmount(): Promise<void> {
    const gone = await takeAway(this.mountPoint, this.#device, this.#busyGrace);
    if (gone && await this.#endsWithin(this.#busyGrace)) return;
    abortConnection(this.#device);
    if (await this.#endsWithin(this.#busyGrace)) return;
    this.#backend.abandon();
    await this.closed;
  }

  async #endsWithin(milliseconds: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), milliseconds);
    });
    try {
      return await Promise.race([this.closed.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
