import {
  andThen,
  type Awaitable,
  type Change,
  type DirEntry,
  type FileInfo,
  type Handle,
  isDirectory,
  isPromiseLike,
  isRegularFile,
  isSymlink,
  isWatchable,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  type OpContext,
  parentPath,
  type Provider,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  type StatFs,
  tellableOf,
  type TimeChange,
  VfsError,
  type Watchable,
} from "../fs/mod.ts";
import { ReadonlyHandle } from "./_readonly_handle.ts";

/** The bit of `O_TMPFILE` that is its own. */
const TMPFILE_BIT = O_TMPFILE & ~O_DIRECTORY;

/** What has to be looked at before an open, and never reaches the provider below. */
const CHANGE_FLAGS = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | TMPFILE_BIT;

/** All that means something beside `O_PATH`. */
const PATH_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW;

/** Another provider without its changes. What fails first follows the order of Linux's checks. */
export class ReadonlyProvider implements Provider {
  readonly #inner: Provider;

  /** Tells of changes that come by other ways; missing where the provider does not. */
  readonly watch?: Watchable["watch"];

  constructor(inner: Provider) {
    this.#inner = inner;
    if (isWatchable(inner)) this.watch = (path, listener) => inner.watch(path, listener);
  }

  /** What the other provider lets be told. */
  tellable(change: Change): Change | undefined {
    return tellableOf(this.#inner, change);
  }

  get readonly(): boolean {
    return true;
  }

  stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return this.#inner.stat(path, context);
  }

  lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return this.#inner.lookup(path, context);
  }

  readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    return this.#inner.readDir(path, plus, context);
  }

  openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return andThen(this.#inner.openDir(path, context), wrap);
  }

  open(path: string, flags: number, _mode?: number, context?: OpContext): Awaitable<Handle> {
    if ((flags & O_PATH) !== 0) return this.#openInner(path, flags & PATH_FLAGS, context);
    if ((flags & CHANGE_FLAGS) === 0) return this.#openInner(path, flags, context);
    return andThen(
      this.#inner.lookup(path, context),
      (info) => this.#openKnown(path, flags, info, context),
    );
  }

  #openKnown(
    path: string,
    flags: number,
    info: FileInfo | undefined,
    context: OpContext | undefined,
  ): Awaitable<Handle> {
    const isUnnamed = (flags & TMPFILE_BIT) !== 0;
    if (isUnnamed ? !isUnnamedWell(flags) : isDirectoryMade(flags)) {
      throw new VfsError("EINVAL", path);
    }
    if (info === undefined) {
      if ((flags & O_CREAT) === 0) throw new VfsError("ENOENT", path);
      return this.#refuseNew(path, undefined, context);
    }
    if (isUnnamed) throw new VfsError(isDirectory(info.mode) ? "EROFS" : "ENOTDIR", path);
    if ((flags & O_CREAT) !== 0) {
      if ((flags & O_EXCL) !== 0) throw new VfsError("EEXIST", path);
      if (isDirectory(info.mode)) throw new VfsError("EISDIR", path);
    }
    if ((flags & O_DIRECTORY) !== 0 && !isDirectory(info.mode)) throw new VfsError("ENOTDIR", path);
    if ((flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0) {
      if (isDirectory(info.mode)) throw new VfsError("EISDIR", path);
      if (isRegularFile(info.mode)) throw new VfsError("EROFS", path);
    }
    // Whatever it is by now, it is opened for reading.
    return this.#openInner(path, flags & ~CHANGE_FLAGS, context);
  }

  /** Opens without setting the access time, unless that is the owner's privilege. */
  #openInner(path: string, flags: number, context: OpContext | undefined): Awaitable<Handle> {
    const again = (error: unknown) => {
      if (!(error instanceof VfsError) || error.code !== "EPERM") throw error;
      return andThen(this.#inner.open(path, flags, 0, context), wrap);
    };
    try {
      const handle = this.#inner.open(path, flags | O_NOATIME, 0, context);
      return isPromiseLike(handle) ? handle.then(wrap, again) : wrap(handle);
    } catch (error) {
      return again(error);
    }
  }

  create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return this.open(path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  mkdir(path: string, _mode: number, context?: OpContext): Awaitable<void> {
    return this.#refuseName(path, context);
  }

  mkdirAll(path: string, _mode: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#inner.lookup(path, context), (info) => {
      if (info === undefined) throw new VfsError("EROFS", path);
      if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", path);
    });
  }

  mknod(path: string, _mode: number, _rdev: number, context?: OpContext): Awaitable<void> {
    return this.#refuseName(path, context);
  }

  symlink(_target: string, path: string, context?: OpContext): Awaitable<void> {
    return this.#refuseName(path, context);
  }

  link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    return andThen(this.#inner.stat(existing, context), () => this.#refuseName(path, context));
  }

  readlink(path: string, context?: OpContext): Awaitable<string> {
    return this.#inner.readlink(path, context);
  }

  unlink(path: string, context?: OpContext): Awaitable<void> {
    if (path === "/") throw new VfsError("EISDIR", path);
    return this.#refuseRemoval(path, context);
  }

  rmdir(path: string, context?: OpContext): Awaitable<void> {
    if (path === "/") throw new VfsError("EBUSY", path);
    return this.#refuseRemoval(path, context);
  }

  remove(path: string, context?: OpContext): Awaitable<void> {
    return this.#refuse(path, context);
  }

  removeAll(path: string, context?: OpContext): Awaitable<void> {
    return andThen(this.#inner.lookup(path, context), (info) => {
      if (info !== undefined) throw new VfsError("EROFS", path);
    });
  }

  rename(from: string, to: string, flags = 0, context?: OpContext): Awaitable<void> {
    if (flags !== 0 && flags !== RENAME_NOREPLACE && flags !== RENAME_EXCHANGE) {
      throw new VfsError("EINVAL", `rename flags ${flags}`);
    }
    if (from === "/") throw new VfsError("EBUSY", from);
    if (to === "/") throw new VfsError(flags === RENAME_NOREPLACE ? "EEXIST" : "EBUSY", to);
    return andThen(
      this.#inner.stat(parentPath(from), context),
      () => this.#refuseRemoval(to, context),
    );
  }

  chmod(path: string, _mode: number, context?: OpContext): Awaitable<void> {
    return this.#refuse(path, context);
  }

  chown(path: string, _uid: number, _gid: number, context?: OpContext): Awaitable<void> {
    return this.#refuse(path, context);
  }

  utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    if (atime === "omit" && mtime === "omit") return;
    return this.#refuse(path, context);
  }

  truncate(path: string, _size: number, context?: OpContext): Awaitable<void> {
    return andThen(this.#inner.stat(path, context), ({ mode }) => {
      if (isDirectory(mode)) throw new VfsError("EISDIR", path);
      if (isSymlink(mode)) throw new VfsError("ELOOP", path);
      throw new VfsError(isRegularFile(mode) ? "EROFS" : "EINVAL", path);
    });
  }

  statfs(path: string, context?: OpContext): Awaitable<StatFs> {
    return andThen(this.#inner.statfs(path, context), (info) => ({ ...info, readonly: true }));
  }

  getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array> {
    return this.#inner.getxattr(path, name, context);
  }

  setxattr(
    path: string,
    _name: string,
    _value: Uint8Array,
    _flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.#refuse(path, context);
  }

  listxattr(path: string, context?: OpContext): Awaitable<string[]> {
    return this.#inner.listxattr(path, context);
  }

  removexattr(path: string, _name: string, context?: OpContext): Awaitable<void> {
    return this.#refuse(path, context);
  }

  /** Refuses to change what a path names; ENOENT if there is nothing. */
  #refuse(path: string, context: OpContext | undefined): Awaitable<never> {
    return andThen(this.#inner.stat(path, context), () => {
      throw new VfsError("EROFS", path);
    });
  }

  /** Refuses to make a name; EEXIST if it is there. */
  #refuseName(path: string, context: OpContext | undefined): Awaitable<never> {
    return andThen(
      this.#inner.lookup(path, context),
      (info) => this.#refuseNew(path, info, context),
    );
  }

  #refuseNew(
    path: string,
    info: FileInfo | undefined,
    context: OpContext | undefined,
  ): Awaitable<never> {
    if (info !== undefined) throw new VfsError("EEXIST", path);
    return this.#refuseRemoval(path, context);
  }

  /** Refuses to change a directory; whether the name is in it makes no difference to Linux. */
  #refuseRemoval(path: string, context: OpContext | undefined): Awaitable<never> {
    return andThen(this.#inner.stat(parentPath(path), context), ({ mode }) => {
      throw new VfsError(isDirectory(mode) ? "EROFS" : "ENOTDIR", path);
    });
  }
}

function isUnnamedWell(flags: number): boolean {
  return (flags & (O_TMPFILE | O_CREAT)) === O_TMPFILE && (flags & O_ACCMODE) !== O_RDONLY;
}

function isDirectoryMade(flags: number): boolean {
  return (flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY);
}

function wrap(handle: Handle): Handle {
  return new ReadonlyHandle(handle);
}
