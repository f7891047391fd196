import {
  BaseProvider,
  type DirEntry,
  type FileInfo,
  type Handle,
  mayModify,
  O_DIRECTORY,
  O_RDONLY,
  type OpContext,
  S_PERM,
  type StatFs,
  type TimeChange,
  VfsError,
} from "../../src/fs/mod.ts";
import {
  changeMode,
  changeOwner,
  changeSize,
  changeTimes,
  describeFilesystem,
} from "./_attributes.ts";
import { checkPath } from "./_check.ts";
import { listAll } from "./_list_all.ts";
import {
  makeDirectories,
  makeDirectory,
  makeLink,
  makeNode,
  makeSymlink,
  readLink,
} from "./_make.ts";
import { checkOpenFlags, openPath } from "./_open.ts";
import { openVolume } from "./_open_volume.ts";
import { removeDirectory, removeName, removeTree, renameName } from "./_remove.ts";
import type { Volume } from "./_volume.ts";
import {
  getAttribute,
  listAttributes,
  removeAttribute,
  setAttribute,
} from "./_extended_attributes.ts";
import type { RealDirectoryOptions } from "./options.ts";

/**
 * A directory of the host, served so that nothing leads out of it.
 *
 * The directory is opened once, when the provider is made; from then on names are looked up one by
 * one in directories that are open, and no symbolic link is ever followed on the host, whoever
 * exchanges what for what meanwhile. Fifos, sockets and devices are shown and never opened. See
 * `docs/REALFS.md` for what is promised, what is not, and how it was tested.
 *
 * Operations are synchronous system calls and answer at once; only `sync`, `datasync` and the
 * removal or the listing of large directories promise.
 *
 * @example
 * ```ts
 * import { RealDirectoryProvider } from "@vfs/server/node";
 *
 * const provider = new RealDirectoryProvider(".", { readonly: true });
 * console.log(provider.stat("/").nlink > 0); // true
 * provider.close();
 * ```
 */
export class RealDirectoryProvider extends BaseProvider {
  readonly #volume: Volume;

  /**
   * Opens a directory of the host.
   *
   * @param hostPath The directory. Links in this path are followed, once, now.
   * @param options How to serve it.
   * @throws {VfsError} ENOENT, ENOTDIR or EACCES for the directory, EINVAL for options that make no
   * sense, EOPNOTSUPP where this host or runtime cannot keep the promise.
   */
  constructor(hostPath: string, options: RealDirectoryOptions = {}) {
    super();
    this.#volume = openVolume(hostPath, options);
  }

  /** Whether every change is refused with EROFS. */
  override get readonly(): boolean {
    return this.#volume.readonly;
  }

  /** Which system calls serve the directory. */
  get syscalls(): "portable" | "native" {
    return this.#volume.syscalls.kind;
  }

  /** How many names were left out of listings so far, because they are not UTF-8. */
  get skippedNames(): number {
    return this.#volume.skippedNames;
  }

  /** Closes what the provider keeps open. Handles that it gave out live on. */
  close(): void {
    this.#volume.tree.close();
  }

  /** Describes what a path names. */
  override stat(path: string): FileInfo {
    const info = this.lookup(path);
    if (info === undefined) throw new VfsError("ENOENT", path);
    return info;
  }

  /** Describes what a path names, or answers `undefined`. */
  override lookup(path: string): FileInfo | undefined {
    return this.#volume.lookup(path);
  }

  /** Lists a whole directory. */
  override readDir(
    path: string,
    plus = false,
    context?: OpContext,
  ): DirEntry[] | Promise<DirEntry[]> {
    checkPath(path);
    return listAll(this.#volume, this.#volume.tree.at(path), plus, context);
  }

  /** Opens a directory, to be listed in pages. */
  override openDir(path: string): Handle {
    return this.open(path, O_RDONLY | O_DIRECTORY);
  }

  /** Opens what a path names. */
  override open(path: string, flags: number, mode = 0, context?: OpContext): Handle {
    checkPath(path);
    checkOpenFlags(flags, path);
    if (mayModify(flags)) this.#volume.checkWritable(path);
    return openPath(this.#volume, path, flags, mode & S_PERM, context);
  }

  /** Makes a directory. */
  override mkdir(path: string, mode: number, context?: OpContext): void {
    makeDirectory(this.#volume, path, mode, context);
  }

  /** Makes a directory and those above it that are missing. */
  override mkdirAll(path: string, mode: number, context?: OpContext): void {
    makeDirectories(this.#volume, path, mode, context);
  }

  /** Makes a fifo, a socket, a regular file or a device node. */
  override mknod(path: string, mode: number, rdev: number, context?: OpContext): void {
    makeNode(this.#volume, path, mode, rdev, context);
  }

  /** Makes a symbolic link. */
  override symlink(target: string, path: string): void {
    makeSymlink(this.#volume, target, path);
  }

  /** Gives a file a further name. */
  override link(existing: string, path: string): void {
    makeLink(this.#volume, existing, path);
  }

  /** Answers the target of a symbolic link. */
  override readlink(path: string): string {
    return readLink(this.#volume, path);
  }

  /** Removes a name of something that is no directory. */
  override unlink(path: string): void {
    removeName(this.#volume, path);
  }

  /** Removes an empty directory. */
  override rmdir(path: string): void {
    removeDirectory(this.#volume, path);
  }

  /** Removes what a path names with all that is below it. */
  override removeAll(path: string, context?: OpContext): void | Promise<void> {
    return removeTree(this.#volume, path, context);
  }

  /** Gives something another name. */
  override rename(from: string, to: string, flags = 0): void {
    renameName(this.#volume, from, to, flags);
  }

  /** Sets the permissions of what a path names. */
  override chmod(path: string, mode: number): void {
    changeMode(this.#volume, path, mode);
  }

  /** Sets the owners of what a path names. */
  override chown(path: string, uid: number, gid: number): void {
    changeOwner(this.#volume, path, uid, gid);
  }

  /** Sets the times of what a path names. */
  override utimes(path: string, atime: TimeChange, mtime: TimeChange): void {
    changeTimes(this.#volume, path, atime, mtime);
  }

  /** Sets the size of a file. */
  override truncate(path: string, size: number): void {
    changeSize(this.#volume, path, size);
  }

  /** Tells how large the filesystem is, and how full. */
  override statfs(path: string): StatFs {
    return describeFilesystem(this.#volume, path);
  }

  /** Answers the value of an extended attribute. */
  override getxattr(path: string, name: string): Uint8Array {
    return getAttribute(this.#volume, path, name);
  }

  /** Sets an extended attribute. */
  override setxattr(path: string, name: string, value: Uint8Array, flags = 0): void {
    setAttribute(this.#volume, path, name, value, flags);
  }

  /** Lists the names of the extended attributes. */
  override listxattr(path: string): string[] {
    return listAttributes(this.#volume, path);
  }

  /** Removes an extended attribute. */
  override removexattr(path: string, name: string): void {
    removeAttribute(this.#volume, path, name);
  }
}
