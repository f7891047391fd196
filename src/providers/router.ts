import { andThen, type Awaitable } from "../fs/awaitable.ts";
import { BaseProvider } from "../fs/base_provider.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import { O_CREAT, O_RDWR, O_TRUNC } from "../fs/flags.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirEntry, FileInfo, StatFs } from "../fs/info.ts";
import { cleanPath, joinPath } from "../fs/path.ts";
import type { Provider } from "../fs/provider.ts";
import type { TimeChange } from "../fs/time.ts";
import type { Change, Watchable } from "../fs/watch.ts";
import { MergedDirectory } from "./_router_directory.ts";
import { type DescribeChild, describeEach, describeMount } from "./_router_names.ts";
import { Skeleton } from "./_router_skeleton.ts";
import { MAX_MOUNTS, MountTable } from "./_router_table.ts";
import { MountedTree } from "./_router_tree.ts";
import { MountWatch } from "./_router_watch.ts";
import type { Mount } from "./mount.ts";

/**
 * Puts providers together into one tree, each at its mount point, as mount(8) does.
 *
 * A path belongs to the longest mount point above it, name by name. What a provider has at the
 * place of a mount point is hidden by the mount. The directories on the way to a mount exist always:
 * as the covering provider has them, and where it has none as empty directories that refuse changes
 * with EROFS.
 *
 * A mount point cannot be removed, renamed or renamed over (EBUSY), nor can a directory on the way
 * to one; `rmdir` says ENOTEMPTY of the latter. `removeAll` refuses with EBUSY, and removes nothing,
 * where mounts lie below; of a mount point it removes everything below. `rename` and `link` between
 * mounts fail with EXDEV.
 *
 * Inode numbers stay unique: those of the first mount are passed on as they are, and the number of
 * the mount is XORed into the high 16 bits of the others.
 *
 * @example
 * ```ts
 * import { MemoryProvider, MountRouter } from "@vfs/server/core";
 *
 * const router = new MountRouter({ "/workspace": new MemoryProvider() });
 * router.mount("/data", new MemoryProvider());
 * console.log((await router.readDir("/")).map((entry) => entry.name)); // ["workspace", "data"]
 * ```
 */
export class MountRouter extends BaseProvider {
  readonly #skeleton: Skeleton = new Skeleton((path) => this.#table.nodeAt(path));
  readonly #table: MountTable = new MountTable((root) =>
    new MountedTree(this.#skeleton, root, MAX_MOUNTS)
  );
  readonly #watch: MountWatch = new MountWatch(this.#table);

  /**
   * Makes a tree of mounts.
   *
   * @param mounts The first mounts: providers by mount point. More can be added while serving.
   * @throws {TypeError} If a mount point is not absolute.
   * @throws {VfsError} EBUSY if two have the same mount point; what `cleanPath` throws.
   */
  constructor(
    mounts: Readonly<Record<string, Provider>> | Iterable<readonly [string, Provider]> = {},
  ) {
    super();
    const pairs = Symbol.iterator in mounts ? mounts : Object.entries(mounts);
    for (const [path, provider] of pairs) this.mount(path, provider);
  }

  /**
   * Mounts a provider. What was at that path is hidden until it is unmounted.
   *
   * @param path The mount point, absolute; the directories on the way need not exist.
   * @param provider What to mount.
   * @throws {TypeError} If the path is not absolute.
   * @throws {VfsError} EBUSY if something is mounted at that path; what `cleanPath` throws.
   *
   * @example
   * ```ts
   * import { MemoryProvider, MountRouter } from "@vfs/server/core";
   *
   * const router = new MountRouter();
   * router.mount("/scratch", new MemoryProvider());
   * ```
   */
  mount(path: string, provider: Provider): void {
    if (!path.startsWith("/")) {
      throw new TypeError(`Cannot mount ${path}: the path is not absolute`);
    }
    const point = cleanPath(path);
    if (this.#table.mountedAt(point) !== undefined) throw new VfsError("EBUSY", point);
    const index = this.#table.takeIndex();
    const tree = new MountedTree(provider, this.#table.nodeFor(point), index);
    this.#table.add(tree);
    this.#watch.mounted(tree);
  }

  /**
   * Unmounts what is mounted at a path. Handles that are open go on working, and mounts below it
   * stay.
   *
   * @param path The mount point.
   * @returns The provider that was mounted there.
   * @throws {VfsError} EINVAL if nothing is mounted at that path.
   *
   * @example
   * ```ts
   * import { MemoryProvider, MountRouter } from "@vfs/server/core";
   *
   * const router = new MountRouter({ "/workspace": new MemoryProvider() });
   * router.unmount("/workspace");
   * console.log(router.mounts().length); // 0
   * ```
   */
  unmount(path: string): Provider {
    const tree = this.#table.remove(cleanPath(path));
    this.#watch.unmounted(tree);
    return tree.provider;
  }

  /**
   * Lists the mounts.
   *
   * @returns Each mount point and what is mounted there, those above before those below.
   */
  mounts(): Mount[] {
    return this.#table.list().map(({ node, provider }) => ({ path: node.path, provider }));
  }

  /** Tells of what the mounts report, and of mounts; missing while no mount reports changes. */
  get watch(): Watchable["watch"] | undefined {
    if (!this.#watch.isPossible) return undefined;
    return (path, listener) => this.#watch.watch(path, listener);
  }

  /** What the mount that a change is in lets be told. */
  tellable(change: Change): Change | undefined {
    return this.#table.find(change.path).tellable(change);
  }

  /** Whether every mount is read-only. */
  override get readonly(): boolean {
    return this.#table.list().every((tree) => tree.readonly);
  }

  /** Describes what the mount has, or a directory that leads to mounts. */
  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return andThen(this.#table.at(path, context), (tree) => tree.stat(path, context));
  }

  /** Does what `stat` does, and answers `undefined` for what is missing. */
  override lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return andThen(this.#table.at(path, context), (tree) => tree.lookup(path, context));
  }

  /** Lists what the mount has, and the mounts in it. */
  override readDir(path: string, plus = false, context?: OpContext): Awaitable<DirEntry[]> {
    const covering = andThen(
      this.#table.at(path, context),
      (tree) => tree.readDir(path, plus, context),
    );
    const names = this.#table.namesIn(path);
    if (names === undefined) return covering;
    return andThen(covering, (beside) => {
      const hidden = new Set(names);
      const entries = beside.filter((entry) => !hidden.has(entry.name));
      return andThen(describeEach(names, this.#describer(path), plus, context), (mounts) => {
        for (const entry of mounts) if (entry !== undefined) entries.push(entry);
        return entries;
      });
    });
  }

  /** Opens a directory that lists the mounts in it first. */
  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return andThen(
      this.#table.at(path, context),
      (tree) => this.#merge(path, tree.openDir(path, context)),
    );
  }

  /** Opens by the mount; directories list the mounts in them. */
  override open(
    path: string,
    flags: number,
    mode?: number,
    context?: OpContext,
  ): Awaitable<Handle> {
    const isNew = (flags & O_CREAT) !== 0 && this.#table.nodeAt(path) === undefined;
    return andThen(
      isNew ? this.#table.atNew(path, context) : this.#table.at(path, context),
      (tree) => this.#merge(path, tree.open(path, flags, mode, context)),
    );
  }

  /** Creates by the mount. */
  override create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    const tree = this.#table.find(path);
    if (!tree.hasMountsBelow) return tree.create(path, mode, context);
    return this.open(path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  /** Lets an open directory list the mounts in it. */
  #merge(path: string, handle: Awaitable<Handle>): Awaitable<Handle> {
    const names = this.#table.namesIn(path);
    if (names === undefined) return handle;
    return andThen(handle, (inner) => new MergedDirectory(inner, names, this.#describer(path)));
  }

  #describer(directory: string): DescribeChild {
    return (name, context) =>
      describeMount(this, this.#table.base, joinPath(directory, name), context);
  }

  /** Makes a directory by the mount; EROFS in a directory that only leads to mounts. */
  override mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.atNew(path, context), (tree) => tree.mkdir(path, mode, context));
  }

  /** Makes directories by the mount; those that lead to mounts are there. */
  override mkdirAll(path: string, mode: number, context?: OpContext): Awaitable<void> {
    const tree = this.#table.find(path);
    return tree.hasMountsBelow
      ? super.mkdirAll(path, mode, context)
      : tree.mkdirAll(path, mode, context);
  }

  /** Makes a node by the mount. */
  override mknod(path: string, mode: number, rdev: number, context?: OpContext): Awaitable<void> {
    return andThen(
      this.#table.atNew(path, context),
      (tree) => tree.mknod(path, mode, rdev, context),
    );
  }

  /** Makes a symbolic link by the mount. Its target is text, mounts or not. */
  override symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.atNew(path, context), (tree) => tree.symlink(target, path, context));
  }

  /** Gives another name within one mount; EXDEV between mounts. */
  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    if (this.#table.nodeAt(path) !== undefined) throw new VfsError("EEXIST", path);
    if (this.#table.find(existing) !== this.#table.find(path)) throw new VfsError("EXDEV", path);
    if (this.#table.isOnTheWay(existing)) throw new VfsError("EPERM", existing);
    return andThen(this.#table.atNew(path, context), (tree) => tree.link(existing, path, context));
  }

  /** Tells what a symbolic link says, by the mount. */
  override readlink(path: string, context?: OpContext): Awaitable<string> {
    return andThen(this.#table.at(path, context), (tree) => tree.readlink(path, context));
  }

  /** Removes a name by the mount; EISDIR for a mount point. */
  override unlink(path: string, context?: OpContext): Awaitable<void> {
    if (this.#table.nodeAt(path) !== undefined) throw new VfsError("EISDIR", path);
    return this.#table.find(path).unlink(path, context);
  }

  /** Removes a directory by the mount; EBUSY for a mount point, ENOTEMPTY on the way to one. */
  override rmdir(path: string, context?: OpContext): Awaitable<void> {
    this.#refuseToRemove(path);
    return this.#table.find(path).rmdir(path, context);
  }

  /** Removes a name by the mount, and refuses as `rmdir` does. */
  override remove(path: string, context?: OpContext): Awaitable<void> {
    this.#refuseToRemove(path);
    return this.#table.find(path).remove(path, context);
  }

  #refuseToRemove(path: string): void {
    const node = this.#table.nodeAt(path);
    if (node === undefined) return;
    throw new VfsError(node.tree === undefined ? "ENOTEMPTY" : "EBUSY", path);
  }

  /** Removes a tree by the mount; EBUSY, and nothing removed, if mounts lie below. */
  override removeAll(path: string, context?: OpContext): Awaitable<void> {
    if (this.#table.namesIn(path) !== undefined) throw new VfsError("EBUSY", path);
    return this.#table.find(path).removeAll(path, context);
  }

  /** Renames within one mount; EXDEV between mounts, EBUSY for mount points. */
  override rename(
    from: string,
    to: string,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    if (this.#table.nodeAt(from) !== undefined) throw new VfsError("EBUSY", from);
    if (this.#table.nodeAt(to) !== undefined) throw new VfsError("EBUSY", to);
    if (this.#table.find(from) !== this.#table.find(to)) throw new VfsError("EXDEV", to);
    return andThen(this.#table.atNew(to, context), (tree) => tree.rename(from, to, flags, context));
  }

  /** Sets the permissions by the mount. */
  override chmod(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.at(path, context), (tree) => tree.chmod(path, mode, context));
  }

  /** Sets the owner by the mount. */
  override chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.at(path, context), (tree) => tree.chown(path, uid, gid, context));
  }

  /** Sets the times by the mount. */
  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    return andThen(
      this.#table.at(path, context),
      (tree) => tree.utimes(path, atime, mtime, context),
    );
  }

  /** Sets the size by the mount. */
  override truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.at(path, context), (tree) => tree.truncate(path, size, context));
  }

  /** Describes the filesystem of the mount. */
  override statfs(path: string, context?: OpContext): Awaitable<StatFs> {
    return andThen(this.#table.at(path, context), (tree) => tree.statfs(path, context));
  }

  /** Reads an extended attribute by the mount. */
  override getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array> {
    return andThen(this.#table.at(path, context), (tree) => tree.getxattr(path, name, context));
  }

  /** Sets an extended attribute by the mount. */
  override setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    return andThen(
      this.#table.at(path, context),
      (tree) => tree.setxattr(path, name, value, flags, context),
    );
  }

  /** Lists the extended attributes by the mount. */
  override listxattr(path: string, context?: OpContext): Awaitable<string[]> {
    return andThen(this.#table.at(path, context), (tree) => tree.listxattr(path, context));
  }

  /** Removes an extended attribute by the mount. */
  override removexattr(path: string, name: string, context?: OpContext): Awaitable<void> {
    return andThen(this.#table.at(path, context), (tree) => tree.removexattr(path, name, context));
  }
}
