import { andThen, type Awaitable, isPromiseLike } from "./awaitable.ts";
import { mkdirEach, removeTree } from "./_trees.ts";
import type { OpContext } from "./context.ts";
import { VfsError } from "./error.ts";
import { O_CREAT, O_RDWR, O_TRUNC } from "./flags.ts";
import type { Handle } from "./handle.ts";
import type { DirEntry, FileInfo, StatFs } from "./info.ts";
import { ListingHandle } from "./listing_handle.ts";
import { isDirectory } from "./mode.ts";
import type { Provider } from "./provider.ts";
import type { TimeChange } from "./time.ts";

/**
 * A provider that can do nothing but tell what is there: derive from it and override what yours can.
 *
 * `stat` is the one operation that must be written. Some follow from others and seldom need to be
 * overridden: `lookup` from `stat`, `create` from `open`, `openDir` from `readDir`, `remove` from
 * `unlink` and `rmdir`, `mkdirAll` from `mkdir`, `removeAll` from `readDir`, `unlink` and `rmdir`.
 * The rest fails with the errno that POSIX documents for a filesystem without the ability: EROFS
 * for changes where {@link BaseProvider.readonly} says so (as it does unless overridden), otherwise:
 *
 * | left out | answer |
 * |---|---|
 * | `open`, `readDir`, `statfs` | ENOSYS |
 * | `mkdir`, `unlink`, `rmdir`, `rename`, `mknod`, `symlink`, `link` | EPERM |
 * | `chmod`, `chown`, `utimes` | EPERM |
 * | `truncate` | EPERM |
 * | `readlink` | EINVAL: nothing here is a symbolic link |
 * | `getxattr`, `setxattr`, `listxattr`, `removexattr` | EOPNOTSUPP |
 */
export abstract class BaseProvider implements Provider {
  /** Describes what a path names: the one operation that every provider must have. */
  abstract stat(path: string, context?: OpContext): Awaitable<FileInfo>;

  /** True unless overridden. */
  get readonly(): boolean {
    return true;
  }

  /** Asks `stat`, and answers its ENOENT with `undefined`. */
  lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    try {
      const info = this.stat(path, context);
      return isPromiseLike(info) ? info.then(undefined, undefinedForMissing) : info;
    } catch (error) {
      return undefinedForMissing(error);
    }
  }

  /** Fails with ENOSYS. */
  readDir(_path: string, _plus?: boolean, _context?: OpContext): Awaitable<DirEntry[]> {
    throw new VfsError("ENOSYS");
  }

  /** Gives a handle on what `readDir` lists when it is first read. */
  openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return andThen(this.stat(path, context), (info) => {
      if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", path);
      return new ListingHandle(this, path);
    });
  }

  /** Fails with ENOSYS. */
  open(
    _path: string,
    _flags: number,
    _mode?: number,
    _context?: OpContext,
  ): Awaitable<Handle> {
    throw new VfsError("ENOSYS");
  }

  /** Opens with O_RDWR, O_CREAT and O_TRUNC. */
  create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return this.open(path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  /** Fails with EROFS or EPERM. */
  mkdir(path: string, _mode: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Makes each missing directory by `mkdir`, from the top down. */
  mkdirAll(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return mkdirEach(this, path, mode, context);
  }

  /** Fails with EROFS or EPERM. */
  mknod(path: string, _mode: number, _rdev: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  symlink(_target: string, path: string, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  link(_existing: string, path: string, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EINVAL, after `stat` had the chance to fail with something better. */
  readlink(path: string, context?: OpContext): Awaitable<string> {
    return andThen(this.stat(path, context), () => {
      throw new VfsError("EINVAL", path);
    });
  }

  /** Fails with EROFS or EPERM. */
  unlink(path: string, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  rmdir(path: string, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Asks `stat` what there is, and then `rmdir` or `unlink`. */
  remove(path: string, context?: OpContext): Awaitable<void> {
    return andThen(
      this.stat(path, context),
      (info) => isDirectory(info.mode) ? this.rmdir(path, context) : this.unlink(path, context),
    );
  }

  /** Removes each entry by `unlink` and `rmdir`, from the bottom up, without recursion. */
  removeAll(path: string, context?: OpContext): Awaitable<void> {
    return removeTree(this, path, context);
  }

  /** Fails with EROFS or EPERM. */
  rename(from: string, _to: string, _flags?: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(from);
  }

  /** Fails with EROFS or EPERM. */
  chmod(path: string, _mode: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  chown(path: string, _uid: number, _gid: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  utimes(
    path: string,
    _atime: TimeChange,
    _mtime: TimeChange,
    _context?: OpContext,
  ): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with EROFS or EPERM. */
  truncate(path: string, _size: number, _context?: OpContext): Awaitable<void> {
    return this.#refuse(path);
  }

  /** Fails with ENOSYS. */
  statfs(_path: string, _context?: OpContext): Awaitable<StatFs> {
    throw new VfsError("ENOSYS");
  }

  /** Fails with EOPNOTSUPP. */
  getxattr(path: string, _name: string, _context?: OpContext): Awaitable<Uint8Array> {
    throw new VfsError("EOPNOTSUPP", path);
  }

  /** Fails with EROFS or EOPNOTSUPP. */
  setxattr(
    path: string,
    _name: string,
    _value: Uint8Array,
    _flags?: number,
    _context?: OpContext,
  ): Awaitable<void> {
    throw new VfsError(this.readonly ? "EROFS" : "EOPNOTSUPP", path);
  }

  /** Fails with EOPNOTSUPP. */
  listxattr(path: string, _context?: OpContext): Awaitable<string[]> {
    throw new VfsError("EOPNOTSUPP", path);
  }

  /** Fails with EROFS or EOPNOTSUPP. */
  removexattr(path: string, _name: string, _context?: OpContext): Awaitable<void> {
    throw new VfsError(this.readonly ? "EROFS" : "EOPNOTSUPP", path);
  }

  #refuse(path: string): never {
    throw new VfsError(this.readonly ? "EROFS" : "EPERM", path);
  }
}

function undefinedForMissing(error: unknown): undefined {
  if (error instanceof VfsError && error.code === "ENOENT") return undefined;
  throw error;
}
