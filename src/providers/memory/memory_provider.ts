import {
  BaseProvider,
  type DirEntry,
  type FileInfo,
  HOST_CONTEXT,
  isDirectory,
  isSymlink,
  joinPath,
  O_CREAT,
  O_DIRECTORY,
  O_TRUNC,
  O_WRONLY,
  type OpContext,
  splitPath,
  type StatFs,
  type TimeChange,
  VfsError,
} from "../../fs/mod.ts";
import { build } from "./_build.ts";
import { Directory } from "./_directory.ts";
import { Namespace } from "./_namespace.ts";
import { makeDirectory, makeNode, makeSymlink } from "./_make.ts";
import { open } from "./_open.ts";
import { Volume } from "./_volume.ts";
import { getXattr, listXattrs, removeXattr, setXattr } from "./_xattrs.ts";
import type { MemoryHandle } from "./memory_handle.ts";
import type { MemoryOptions } from "./options.ts";
import type { MemoryTree } from "./tree.ts";

/**
 * A filesystem in memory, which does what Linux's own would do: hard links, symbolic links, fifos,
 * sockets and device nodes as objects, extended attributes, sparse files, advisory locks, limits.
 *
 * Every answer is immediate, but for a lock that has to be waited for.
 *
 * New objects belong to the caller that the context names. Set-user-id and set-group-id bits,
 * set-group-id and sticky directories follow the rules of Linux for that caller, and only root may
 * set `trusted.` and `security.` attributes. Read, write and execute permissions and ownership are
 * kept but not enforced: the kernel of the guest does that (`default_permissions`), and a claim on
 * the wire would be no ground for it.
 *
 * @example
 * ```ts
 * import { MemoryProvider } from "@vfs/server/core";
 *
 * const files = MemoryProvider.from({ "etc": { "motd": "hello" } }, { limit: 64 * 2 ** 20 });
 * files.writeFile("/etc/hosts", "127.0.0.1 localhost\n");
 * console.log(new TextDecoder().decode(files.readFile("/etc/motd"))); // "hello"
 * console.log(files.stat("/etc/hosts").size); // 20
 * ```
 */
export class MemoryProvider extends BaseProvider {
  readonly #volume: Volume;
  readonly #names: Namespace;

  /**
   * Makes an empty filesystem.
   *
   * @param options Limits and clock.
   */
  constructor(options: MemoryOptions = {}) {
    super();
    this.#volume = new Volume(options);
    this.#names = new Namespace(this.#volume);
  }

  /**
   * Makes a filesystem that holds a tree.
   *
   * @param tree What it holds: by name, or by several names with slashes between them.
   * @param options Limits and clock.
   * @returns The filesystem.
   * @throws {VfsError} For a name that cannot be, or that is there twice; ENOSPC.
   *
   * @example
   * ```ts
   * import { file, MemoryProvider, symlink } from "@vfs/server/core";
   *
   * const files = MemoryProvider.from({
   *   "etc": { "motd": "hello" },
   *   "bin/run": file("#!/bin/sh\necho hello\n", { mode: 0o755 }),
   *   "latest": symlink("bin/run"),
   * });
   * console.log(files.readDir("/bin").map((entry) => entry.name)); // ["run"]
   * ```
   */
  static from(tree: MemoryTree, options: MemoryOptions = {}): MemoryProvider {
    const provider = new MemoryProvider(options);
    build(provider, tree);
    return provider;
  }

  /** False. */
  override get readonly(): boolean {
    return false;
  }

  /** Describes what a path names. */
  override stat(path: string, _context?: OpContext): FileInfo {
    return this.#names.get(path).info();
  }

  /** Describes what a path names, or answers `undefined`. */
  override lookup(path: string, _context?: OpContext): FileInfo | undefined {
    return this.#names.find(path)?.info();
  }

  /** Lists a whole directory, in the order in which its names were added. */
  override readDir(path: string, plus = false, _context?: OpContext): DirEntry[] {
    const directory = this.#names.get(path);
    if (!(directory.body instanceof Directory)) throw new VfsError("ENOTDIR", path);
    this.#volume.accessed(directory, true);
    return directory.body.page(0, Infinity).map((dentry) => {
      const inode = dentry.inode!;
      const { ino, mode } = inode;
      return plus
        ? { name: dentry.name, ino, mode, info: inode.info() }
        : { name: dentry.name, ino, mode };
    });
  }

  /** Opens a directory. */
  override openDir(path: string, context?: OpContext): MemoryHandle {
    return this.open(path, O_DIRECTORY, 0, context);
  }

  /** Opens what a path names; with `O_PATH` also links and special files, to be described. */
  override open(
    path: string,
    flags: number,
    mode = 0o644,
    context: OpContext = HOST_CONTEXT,
  ): MemoryHandle {
    return open(this.#volume, this.#names, path, flags, mode, context);
  }

  /** Opens a file for reading and writing, made if it is missing and emptied if it is not. */
  override create(path: string, mode: number, context?: OpContext): MemoryHandle {
    return super.create(path, mode, context) as MemoryHandle;
  }

  /**
   * Reads a whole file.
   *
   * @param path The file; a symbolic link is not followed.
   * @returns A copy of its content.
   * @throws {VfsError} ENOENT, EISDIR, ELOOP, ENXIO, EFBIG for one that no array can hold.
   */
  readFile(path: string): Uint8Array {
    const handle = this.open(path, 0);
    try {
      const data = zeros(handle.stat().size, path);
      handle.readAt(data, 0);
      return data;
    } finally {
      handle.close();
    }
  }

  /**
   * Writes a whole file, made if it is missing and emptied if it is not.
   *
   * @param path The file; its directory must be there.
   * @param data The content; text becomes UTF-8.
   * @param mode The permissions of a file that is made.
   * @throws {VfsError} ENOENT, ENOTDIR, EISDIR, ELOOP, ENXIO, and ENOSPC, EDQUOT or EFBIG, after
   * which the file holds what there was space for.
   */
  writeFile(path: string, data: string | Uint8Array, mode = 0o644): void {
    const handle = this.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    try {
      const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
      for (let done = 0; done < bytes.length;) {
        done += handle.writeAt(done === 0 ? bytes : bytes.subarray(done), done);
      }
    } finally {
      handle.close();
    }
  }

  /** Makes a directory; of the bits above the permissions it heeds the sticky one. */
  override mkdir(path: string, mode: number, context: OpContext = HOST_CONTEXT): void {
    makeDirectory(this.#volume, this.#names, path, mode, context);
  }

  /** Makes a directory and those above it that are missing. */
  override mkdirAll(path: string, mode: number, context?: OpContext): void {
    let directory = "/";
    for (const name of splitPath(path)) {
      directory = joinPath(directory, name);
      const inode = this.#names.find(directory);
      if (inode === undefined) this.mkdir(directory, mode, context);
      else if (!isDirectory(inode.mode)) throw new VfsError("ENOTDIR", directory);
    }
  }

  /** Makes a fifo, a socket, a regular file, or, for root, a device node: all mere objects. */
  override mknod(
    path: string,
    mode: number,
    rdev: number,
    context: OpContext = HOST_CONTEXT,
  ): void {
    makeNode(this.#volume, this.#names, path, mode, rdev, context);
  }

  /** Makes a symbolic link. */
  override symlink(target: string, path: string, context: OpContext = HOST_CONTEXT): void {
    makeSymlink(this.#volume, this.#names, target, path, context);
  }

  /** Gives another name to a file. */
  override link(existing: string, path: string, _context?: OpContext): void {
    const inode = this.#names.get(existing);
    const place = this.#names.freePlace(path);
    if (isDirectory(inode.mode)) throw new VfsError("EPERM", existing);
    this.#volume.space.claimInode(path);
    this.#names.add(place, inode);
    this.#volume.changed(inode);
  }

  /** Tells what a symbolic link says. */
  override readlink(path: string, _context?: OpContext): string {
    const inode = this.#names.get(path);
    if (!isSymlink(inode.mode)) throw new VfsError("EINVAL", path);
    this.#volume.accessed(inode, true);
    return inode.body as string;
  }

  /** Removes a name that is not a directory's. */
  override unlink(path: string, context: OpContext = HOST_CONTEXT): void {
    this.#names.unlink(path, context);
  }

  /** Removes an empty directory. */
  override rmdir(path: string, context: OpContext = HOST_CONTEXT): void {
    this.#names.rmdir(path, context);
  }

  /** Removes a name. */
  override remove(path: string, context?: OpContext): void {
    if (isDirectory(this.#names.get(path).mode)) this.rmdir(path, context);
    else this.unlink(path, context);
  }

  /** Removes a name and everything below it. */
  override removeAll(path: string, context: OpContext = HOST_CONTEXT): void {
    this.#names.removeAll(path, context);
  }

  /** Gives something another name, replacing or exchanging what has it. */
  override rename(
    from: string,
    to: string,
    flags = 0,
    context: OpContext = HOST_CONTEXT,
  ): void {
    this.#names.rename(from, to, flags, context);
  }

  /** Sets the permissions. */
  override chmod(path: string, mode: number, context: OpContext = HOST_CONTEXT): void {
    this.#volume.chmod(this.#names.get(path), mode, context);
  }

  /** Sets the owner. */
  override chown(
    path: string,
    uid: number,
    gid: number,
    context: OpContext = HOST_CONTEXT,
  ): void {
    this.#volume.chown(this.#names.get(path), uid, gid, context);
  }

  /** Sets the times. */
  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    _context?: OpContext,
  ): void {
    this.#volume.utimes(this.#names.get(path), atime, mtime);
  }

  /** Sets the size of a regular file. */
  override truncate(path: string, size: number, context: OpContext = HOST_CONTEXT): void {
    this.#volume.truncate(this.#names.get(path), size, false, context);
  }

  /** Tells how much there is of what the options limit, and how much is free. */
  override statfs(path: string, _context?: OpContext): StatFs {
    this.#names.get(path);
    return this.#volume.space.statfs();
  }

  /** Reads an extended attribute: `user.`, `trusted.` or `security.`. */
  override getxattr(path: string, name: string, context: OpContext = HOST_CONTEXT): Uint8Array {
    return getXattr(this.#names.get(path), name, context);
  }

  /** Sets an extended attribute. */
  override setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags = 0,
    context: OpContext = HOST_CONTEXT,
  ): void {
    setXattr(this.#volume, this.#names.get(path), name, value, flags, context);
  }

  /** Lists the names of the extended attributes that the caller may see. */
  override listxattr(path: string, context: OpContext = HOST_CONTEXT): string[] {
    return listXattrs(this.#names.get(path), context);
  }

  /** Removes an extended attribute. */
  override removexattr(path: string, name: string, context: OpContext = HOST_CONTEXT): void {
    removeXattr(this.#volume, this.#names.get(path), name, context);
  }
}

function zeros(size: number, path: string): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new VfsError("EFBIG", path, { cause });
  }
}
