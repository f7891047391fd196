import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirEntry, FileInfo, StatFs } from "../fs/info.ts";
import { isWithin, joinPath } from "../fs/path.ts";
import type { Provider } from "../fs/provider.ts";
import type { TimeChange } from "../fs/time.ts";
import { type Change, isWatchable, tellableOf } from "../fs/watch.ts";
import { RenumberedHandle } from "./_router_handle.ts";
import { renumberEntry, renumberInfo } from "./_router_numbers.ts";
import type { MountNode } from "./_router_node.ts";

/**
 * One mount: a provider under the paths of the router. It takes the mount point off each path and
 * puts the number of the mount into each inode number.
 */
export class MountedTree implements Provider {
  readonly provider: Provider;
  readonly node: MountNode;
  readonly index: number;
  /** XORed into inode numbers; 0 for the first mount, whose numbers and handles stay as they are. */
  readonly #mask: bigint;

  constructor(provider: Provider, node: MountNode, index: number) {
    this.provider = provider;
    this.node = node;
    this.index = index;
    this.#mask = BigInt(index) << 48n;
  }

  get readonly(): boolean {
    return this.provider.readonly;
  }

  /** Whether a path is the mount point or lies below it. */
  covers(path: string): boolean {
    return isWithin(path, this.node.path);
  }

  /** Whether mounts lie below this one. */
  get hasMountsBelow(): boolean {
    return this.node.children.size > 0;
  }

  /** Tells of changes below a path of the router, in its paths; nothing if the provider does not. */
  watch(path: string, listener: (change: Change) => void): (() => void) | undefined {
    const { provider } = this;
    if (!isWatchable(provider)) return undefined;
    return provider.watch(this.#inner(path), (change) => listener(this.#outer(change)));
  }

  /** What the provider lets be told of a change below a path of the router, in its paths. */
  tellable(change: Change): Change | undefined {
    const { path } = change;
    const inside = { ...renumbered(change, this.#mask), path: this.#inner(path) };
    const told = tellableOf(this.provider, inside);
    return told === undefined ? undefined : this.#outer(told);
  }

  /** A change of the provider, as the router tells of it. */
  #outer(change: Change): Change {
    const { path } = this.node;
    const outside = change.path === "/" ? path : joinPath(path, change.path.slice(1));
    return { ...renumbered(change, this.#mask), path: outside };
  }

  #inner(path: string): string {
    const point = this.node.path;
    if (point.length === 1) return path;
    return path.length === point.length ? "/" : path.slice(point.length);
  }

  #info(info: FileInfo): FileInfo {
    return renumberInfo(info, this.#mask);
  }

  #handle(handle: Awaitable<Handle>): Awaitable<Handle> {
    if (this.#mask === 0n) return handle;
    return andThen(handle, (inner) => new RenumberedHandle(inner, this.#mask));
  }

  stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    const info = this.provider.stat(this.#inner(path), context);
    return this.#mask === 0n ? info : andThen(info, (it) => this.#info(it));
  }

  lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    const info = this.provider.lookup(this.#inner(path), context);
    return this.#mask === 0n ? info : andThen(info, (it) => it && this.#info(it));
  }

  readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    const list = this.provider.readDir(this.#inner(path), plus, context);
    if (this.#mask === 0n) return list;
    return andThen(list, (entries) => entries.map((entry) => renumberEntry(entry, this.#mask)));
  }

  openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return this.#handle(this.provider.openDir(this.#inner(path), context));
  }

  open(path: string, flags: number, mode?: number, context?: OpContext): Awaitable<Handle> {
    return this.#handle(this.provider.open(this.#inner(path), flags, mode, context));
  }

  create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return this.#handle(this.provider.create(this.#inner(path), mode, context));
  }

  mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.provider.mkdir(this.#inner(path), mode, context);
  }

  mkdirAll(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.provider.mkdirAll(this.#inner(path), mode, context);
  }

  mknod(path: string, mode: number, rdev: number, context?: OpContext): Awaitable<void> {
    return this.provider.mknod(this.#inner(path), mode, rdev, context);
  }

  symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    return this.provider.symlink(target, this.#inner(path), context);
  }

  link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    return this.provider.link(this.#inner(existing), this.#inner(path), context);
  }

  readlink(path: string, context?: OpContext): Awaitable<string> {
    return this.provider.readlink(this.#inner(path), context);
  }

  unlink(path: string, context?: OpContext): Awaitable<void> {
    return this.provider.unlink(this.#inner(path), context);
  }

  rmdir(path: string, context?: OpContext): Awaitable<void> {
    return this.provider.rmdir(this.#inner(path), context);
  }

  remove(path: string, context?: OpContext): Awaitable<void> {
    return this.provider.remove(this.#inner(path), context);
  }

  removeAll(path: string, context?: OpContext): Awaitable<void> {
    return this.provider.removeAll(this.#inner(path), context);
  }

  rename(from: string, to: string, flags?: number, context?: OpContext): Awaitable<void> {
    return this.provider.rename(this.#inner(from), this.#inner(to), flags, context);
  }

  chmod(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.provider.chmod(this.#inner(path), mode, context);
  }

  chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void> {
    return this.provider.chown(this.#inner(path), uid, gid, context);
  }

  utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    return this.provider.utimes(this.#inner(path), atime, mtime, context);
  }

  truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    return this.provider.truncate(this.#inner(path), size, context);
  }

  statfs(path: string, context?: OpContext): Awaitable<StatFs> {
    return this.provider.statfs(this.#inner(path), context);
  }

  getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array> {
    return this.provider.getxattr(this.#inner(path), name, context);
  }

  setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.provider.setxattr(this.#inner(path), name, value, flags, context);
  }

  listxattr(path: string, context?: OpContext): Awaitable<string[]> {
    return this.provider.listxattr(this.#inner(path), context);
  }

  removexattr(path: string, name: string, context?: OpContext): Awaitable<void> {
    return this.provider.removexattr(this.#inner(path), name, context);
  }
}

function renumbered(change: Change, mask: bigint): Change {
  return change.ino === undefined ? change : { ...change, ino: change.ino ^ mask };
}
