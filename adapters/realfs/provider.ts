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

  override stat(path: string): FileInfo {
    const info = this.lookup(path);
    if (info === undefined) throw new VfsError("ENOENT", path);
    return info;
  }

  override lookup(path: string): FileInfo | undefined {
    return this.#volume.lookup(path);
  }

  override readDir(
    path: string,
    plus = false,
    context?: OpContext,
  ): DirEntry[] | Promise<DirEntry[]> {
    checkPath(path);
    return listAll(this.#volume, this.#volume.tree.at(path), plus, context);
  }

  override openDir(path: string): Handle {
    return this.open(path, O_RDONLY | O_DIRECTORY);
  }

  override open(path: string, flags: number, mode = 0, context?: OpContext): Handle {
    checkPath(path);
    checkOpenFlags(flags, path);
    if (mayModify(flags)) this.#volume.checkWritable(path);
    return openPath(this.#volume, path, flags, mode & S_PERM, context);
  }

  override mkdir(path: string, mode: number, context?: OpContext): void {
    makeDirectory(this.#volume, path, mode, context);
  }

  override mkdirAll(path: string, mode: number, context?: OpContext): void {
    makeDirectories(this.#volume, path, mode, context);
  }

  override mknod(path: string, mode: number, rdev: number, context?: OpContext): void {
    makeNode(this.#volume, path, mode, rdev, context);
  }

  override symlink(target: string, path: string): void {
    makeSymlink(this.#volume, target, path);
  }

  override link(existing: string, path: string): void {
    makeLink(this.#volume, existing, path);
  }

  override readlink(path: string): string {
    return readLink(this.#volume, path);
  }

  override unlink(path: string): void {
    removeName(this.#volume, path);
  }

  override rmdir(path: string): void {
    removeDirectory(this.#volume, path);
  }

  override removeAll(path: string, context?: OpContext): void | Promise<void> {
    return removeTree(this.#volume, path, context);
  }

  override rename(from: string, to: string, flags = 0): void {
    renameName(this.#volume, from, to, flags);
  }

  override chmod(path: string, mode: number): void {
    changeMode(this.#volume, path, mode);
  }

  override chown(path: string, uid: number, gid: number): void {
    changeOwner(this.#volume, path, uid, gid);
  }

  override utimes(path: string, atime: TimeChange, mtime: TimeChange): void {
    changeTimes(this.#volume, path, atime, mtime);
  }

  override truncate(path: string, size: number): void {
    changeSize(this.#volume, path, size);
  }

  override statfs(path: string): StatFs {
    return describeFilesystem(this.#volume, path);
  }

  override getxattr(path: string, name: string): Uint8Array {
    return getAttribute(this.#volume, path, name);
  }

  override setxattr(path: string, name: string, value: Uint8Array, flags = 0): void {
    setAttribute(this.#volume, path, name, value, flags);
  }

  override listxattr(path: string): string[] {
    return listAttributes(this.#volume, path);
  }

  override removexattr(path: string, name: string): void {
    removeAttribute(this.#volume, path, name);
  }
}
