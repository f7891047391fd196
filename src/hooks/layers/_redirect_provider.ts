import { ForwardingHandle } from "../../fs/_forwarding_handle.ts";
import { andThen, type Awaitable, isPromiseLike } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import { mayModify } from "../../fs/flags.ts";
import type { Handle } from "../../fs/handle.ts";
import type { DirEntry, DirPageEntry, FileInfo } from "../../fs/info.ts";
import { ListingHandle } from "../../fs/listing_handle.ts";
import { isDirectory } from "../../fs/mode.ts";
import { joinPath, parentPath } from "../../fs/path.ts";
import type { Provider } from "../../fs/provider.ts";
import { runTask, type Task, wait } from "../_task.ts";
import type { Glob } from "../glob.ts";
import { ForwardingProvider } from "./_forwarding_provider.ts";
import { NumberedProvider } from "./_numbered_provider.ts";

/** The permissions of directories that are made in the other tree so that a path exists. */
const WAY_MODE = 0o755;

/** A tree of which a part, told by patterns, lives in another tree under the same names. */
export class RedirectProvider extends ForwardingProvider {
  readonly #inner: Provider;
  readonly #other: Provider;
  readonly #globs: readonly Glob[] | undefined;

  /** @param index Keeps the inode numbers of several redirections apart. */
  constructor(
    inner: Provider,
    other: Provider,
    globs: readonly Glob[] | undefined,
    index: number,
  ) {
    super();
    this.#inner = inner;
    this.#other = new NumberedProvider(other, index);
    this.#globs = globs;
  }

  #isElsewhere(path: string): boolean {
    // The root is where both trees begin; it stays the first one's.
    return path !== "/" && (this.#globs?.some((glob) => glob.matches(path)) ?? true);
  }

  #mayHaveElsewhere(directory: string): boolean {
    return this.#globs?.some((glob) => glob.mayMatchBelow(directory)) ?? true;
  }

  override at(path: string): Provider {
    return this.#isElsewhere(path) ? this.#other : this.#inner;
  }

  override get readonly(): boolean {
    return this.#inner.readonly && this.#other.readonly;
  }

  override readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    if (this.#isElsewhere(path)) return this.#other.readDir(path, plus, context);
    if (!this.#mayHaveElsewhere(path)) return this.#inner.readDir(path, plus, context);
    return runTask(this.#merge(path, plus, context));
  }

  *#merge(
    path: string,
    plus: boolean | undefined,
    context: OpContext | undefined,
  ): Task<DirEntry[]> {
    const isElsewhere = ({ name }: DirEntry) => this.#isElsewhere(joinPath(path, name));
    const here = yield* wait(this.#inner.readDir(path, plus, context));
    const there = yield* this.#below(path, plus, context);
    return [...here.filter((entry) => !isElsewhere(entry)), ...there];
  }

  /** What a directory of the first tree has in the other one. */
  *#below(path: string, plus?: boolean, context?: OpContext): Task<DirEntry[]> {
    const way = yield* wait(this.#other.lookup(path, context));
    if (way === undefined || !isDirectory(way.mode)) return [];
    const entries = yield* wait(this.#other.readDir(path, plus, context));
    return entries.filter(({ name }) => this.#isElsewhere(joinPath(path, name)));
  }

  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    if (this.#isElsewhere(path)) return this.#other.openDir(path, context);
    return andThen(
      this.#inner.openDir(path, context),
      (handle) => this.#mayHaveElsewhere(path) ? new MergedDirectory(this, path, handle) : handle,
    );
  }

  override open(
    path: string,
    flags: number,
    mode?: number,
    context?: OpContext,
  ): Awaitable<Handle> {
    const opened = () => this.at(path).open(path, flags, mode, context);
    if (mayModify(flags)) return this.#onWay(path, context, opened);
    if (this.#isElsewhere(path) || !this.#mayHaveElsewhere(path)) return opened();
    // It may be a directory, which is listed from both trees.
    return andThen(opened(), (handle) => new MergedDirectory(this, path, handle));
  }

  override mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.#onWay(path, context, () => super.mkdir(path, mode, context));
  }

  override mknod(
    path: string,
    mode: number,
    rdev: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.#onWay(path, context, () => super.mknod(path, mode, rdev, context));
  }

  override symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    return this.#onWay(path, context, () => super.symlink(target, path, context));
  }

  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    if (this.at(existing) !== this.at(path)) {
      return runTask(this.#refuseLink(existing, path, context));
    }
    return this.#onWay(path, context, () => super.link(existing, path, context));
  }

  /** What would fail in one tree as well fails as it would there. */
  *#refuseLink(existing: string, path: string, context: OpContext | undefined): Task<never> {
    const info = yield* wait(this.stat(existing, context));
    if ((yield* wait(this.lookup(path, context))) !== undefined) throw new VfsError("EEXIST", path);
    throw new VfsError(isDirectory(info.mode) ? "EPERM" : "EXDEV", path);
  }

  override rmdir(path: string, context?: OpContext): Awaitable<void> {
    if (this.#isElsewhere(path)) return this.#other.rmdir(path, context);
    return runTask(this.#rmdir(path, context));
  }

  *#rmdir(path: string, context: OpContext | undefined): Task<void> {
    if ((yield* this.#below(path)).length > 0) throw new VfsError("ENOTEMPTY", path);
    yield* wait(this.#inner.rmdir(path, context));
    yield* wait(this.#other.removeAll(path, context));
  }

  override rename(
    from: string,
    to: string,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    if (from === "/" || to === "/") return this.#inner.rename(from, to, flags, context);
    const place = this.at(from);
    if (place !== this.at(to)) throw new VfsError("EXDEV", from);
    const rename = () => place.rename(from, to, flags, context);
    if (place === this.#other) return this.#onWay(to, context, rename);
    if (!this.#mayHaveElsewhere(from) && !this.#mayHaveElsewhere(to)) return rename();
    return runTask(this.#renameDirectory(from, to, rename));
  }

  /** What a directory has elsewhere cannot go with it: who is told EXDEV copies. */
  *#renameDirectory(from: string, to: string, rename: () => Awaitable<void>): Task<void> {
    for (const path of [from, to]) {
      const way = yield* wait(this.#other.lookup(path));
      if (way !== undefined) throw new VfsError("EXDEV", from);
    }
    yield* wait(rename());
  }

  /** Makes the directories above a path exist in the other tree, if they do in the first. */
  #onWay<T>(
    path: string,
    context: OpContext | undefined,
    next: () => Awaitable<T>,
  ): Awaitable<T> {
    const directory = parentPath(path);
    if (!this.#isElsewhere(path) || this.#isElsewhere(directory)) return next();
    const info = this.#inner.stat(directory, context);
    const make = (info: FileInfo): Awaitable<T> => {
      if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", path);
      return andThen(this.#other.mkdirAll(directory, WAY_MODE), next);
    };
    return isPromiseLike(info) ? info.then(make) : make(info);
  }
}

/** A directory that is listed from both trees, and is otherwise the first one's. */
class MergedDirectory extends ForwardingHandle {
  readonly #listing: ListingHandle;

  constructor(provider: Provider, path: string, inner: Handle) {
    super(inner);
    this.#listing = new ListingHandle(provider, path);
  }

  override readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    return this.#listing.readDir(cursor, limit, plus, context);
  }
}
