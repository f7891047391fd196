import type { Awaitable } from "./awaitable.ts";
import type { OpContext } from "./context.ts";
import type { Handle } from "./handle.ts";
import type { DirEntry, FileInfo, StatFs } from "./info.ts";
import type { TimeChange } from "./time.ts";

/**
 * A tree of files: what a server serves, a router mounts, a hook wraps.
 *
 * Paths are clean, absolute within the provider, and count from its own root `/`
 * ({@link cleanPath} makes them so; the server and every other entrance do it for the provider).
 * No operation follows a symbolic link, neither as the last name of a path (`stat` is `lstat`, `open`
 * gives ELOOP, `chmod` EOPNOTSUPP or the link's own mode) nor on the way (ENOTDIR): links are
 * resolved by the kernel of the client, and never on the host on a guest's behalf.
 *
 * Operations answer at once or promise to ({@link Awaitable}); they fail by throwing, or by
 * rejecting with, a {@link VfsError}. Several may be in flight at a time. The context says who
 * asks; left out, it is {@link HOST_CONTEXT}.
 *
 * Every operation by path may fail with ENOENT (a name on the way or the last is missing), ENOTDIR
 * (a name on the way is no directory), EACCES or EPERM (the provider's own policy), EROFS (it would
 * change a read-only tree) and EIO. What is said below is said beside that.
 *
 * Authors derive from {@link BaseProvider}, which answers whatever they leave out.
 */
export interface Provider {
  /** Whether every change is refused with EROFS. */
  readonly readonly: boolean;

  /** Describes what a path names; of a symbolic link, the link. */
  stat(path: string, context?: OpContext): Awaitable<FileInfo>;

  /**
   * Does what `stat` does, but finding nothing is an answer: programs look for files that are not
   * there all the time, and an exception is expensive.
   *
   * @returns `undefined` where `stat` would fail with ENOENT; other failures are thrown.
   */
  lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined>;

  /**
   * Lists a whole directory, in any order, without `.` and `..`.
   *
   * @param plus Whether {@link DirEntry.info} is wanted with each entry.
   */
  readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]>;

  /** Opens a directory, to list it in parts by {@link Handle.readDir}. */
  openDir(path: string, context?: OpContext): Awaitable<Handle>;

  /**
   * Opens what a path names; with {@link O_CREAT} a regular file that does not exist is made.
   *
   * @param flags Linux open flags. Flags that mean nothing to the provider are ignored.
   * @param mode The permissions of a file that is made. No umask is applied.
   * @throws {VfsError} EEXIST by O_EXCL, EISDIR for a directory opened to change it or with
   * O_CREAT, ENOTDIR by O_DIRECTORY, ELOOP for a symbolic link, ENXIO for a special file.
   */
  open(path: string, flags: number, mode?: number, context?: OpContext): Awaitable<Handle>;

  /**
   * Opens a file for reading and writing, made if it is missing and emptied if it is not.
   *
   * @param mode The permissions of a file that is made.
   */
  create(path: string, mode: number, context?: OpContext): Awaitable<Handle>;

  /**
   * Makes a directory.
   *
   * @throws {VfsError} EEXIST.
   */
  mkdir(path: string, mode: number, context?: OpContext): Awaitable<void>;

  /**
   * Makes a directory and those above it that are missing; does nothing if it is there.
   *
   * @throws {VfsError} ENOTDIR if a name on the way, or the last, is there and no directory.
   */
  mkdirAll(path: string, mode: number, context?: OpContext): Awaitable<void>;

  /**
   * Makes a fifo, a socket, a device node or a regular file.
   *
   * @param mode Type and permissions.
   * @param rdev For a device: which, as {@link FileInfo.rdev}.
   * @throws {VfsError} EEXIST, EPERM for a type that the provider does not make.
   */
  mknod(path: string, mode: number, rdev: number, context?: OpContext): Awaitable<void>;

  /**
   * Makes a symbolic link. The target is text: nothing ever follows it here.
   *
   * @param target What the link says; not empty, without NUL, at most 4095 bytes.
   * @param path The link.
   * @throws {VfsError} EEXIST.
   */
  symlink(target: string, path: string, context?: OpContext): Awaitable<void>;

  /**
   * Gives another name to a file.
   *
   * @param existing A name that it has; not a directory's (EPERM). Of a symbolic link, the link.
   * @param path The new name.
   * @throws {VfsError} EEXIST, EPERM, EXDEV, EMLINK.
   */
  link(existing: string, path: string, context?: OpContext): Awaitable<void>;

  /**
   * Tells what a symbolic link says.
   *
   * @throws {VfsError} EINVAL for anything else.
   */
  readlink(path: string, context?: OpContext): Awaitable<string>;

  /**
   * Removes a name that is not a directory's.
   *
   * @throws {VfsError} EISDIR, EBUSY.
   */
  unlink(path: string, context?: OpContext): Awaitable<void>;

  /**
   * Removes an empty directory.
   *
   * @throws {VfsError} ENOTDIR, ENOTEMPTY, EBUSY for the root.
   */
  rmdir(path: string, context?: OpContext): Awaitable<void>;

  /** Removes a name: `rmdir` for a directory, `unlink` for anything else. */
  remove(path: string, context?: OpContext): Awaitable<void>;

  /**
   * Removes a name and everything below it; does nothing if there is none. Links are removed, not
   * followed. Of the root, everything below it.
   */
  removeAll(path: string, context?: OpContext): Awaitable<void>;

  /**
   * Gives something another name, replacing what has it.
   *
   * @param from The name now.
   * @param to The name then.
   * @param flags 0, {@link RENAME_NOREPLACE} or {@link RENAME_EXCHANGE}.
   * @throws {VfsError} EISDIR and ENOTDIR when a directory would replace something else or the
   * reverse, ENOTEMPTY, EINVAL when a directory would go below itself or for unknown flags, EEXIST
   * by NOREPLACE, EXDEV, EBUSY.
   */
  rename(from: string, to: string, flags?: number, context?: OpContext): Awaitable<void>;

  /**
   * Sets the permissions.
   *
   * @param mode The bits of {@link S_PERM}; others are ignored.
   * @throws {VfsError} EOPNOTSUPP for a symbolic link.
   */
  chmod(path: string, mode: number, context?: OpContext): Awaitable<void>;

  /**
   * Sets the owner; of a symbolic link, the link's.
   *
   * @param uid The user id, or -1 to keep it.
   * @param gid The group id, or -1 to keep it.
   */
  chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void>;

  /** Sets the times; of a symbolic link, the link's. */
  utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void>;

  /**
   * Sets the size of a regular file; what is added reads as zeros.
   *
   * @throws {VfsError} EISDIR, ELOOP for a symbolic link, EINVAL for a special file, EFBIG, ENOSPC.
   */
  truncate(path: string, size: number, context?: OpContext): Awaitable<void>;

  /** Describes the filesystem that a path lies in. */
  statfs(path: string, context?: OpContext): Awaitable<StatFs>;

  /**
   * Reads an extended attribute; of a symbolic link, the link's.
   *
   * @throws {VfsError} ENODATA if there is none of that name, EOPNOTSUPP.
   */
  getxattr(path: string, name: string, context?: OpContext): Awaitable<Uint8Array>;

  /**
   * Sets an extended attribute.
   *
   * @param name With its namespace, for instance `user.comment`; at most 255 bytes.
   * @param value At most 64 KiB. The provider does not keep the array.
   * @param flags 0, {@link XATTR_CREATE} or {@link XATTR_REPLACE}.
   * @throws {VfsError} EEXIST, ENODATA, ERANGE, E2BIG, EOPNOTSUPP.
   */
  setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void>;

  /** Lists the names of the extended attributes. */
  listxattr(path: string, context?: OpContext): Awaitable<string[]>;

  /**
   * Removes an extended attribute.
   *
   * @throws {VfsError} ENODATA, EOPNOTSUPP.
   */
  removexattr(path: string, name: string, context?: OpContext): Awaitable<void>;
}
