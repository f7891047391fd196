import { baseName, toVfsError, VfsError } from "../../src/fs/mod.ts";
import { isPseudoFilesystem } from "./_abi.ts";
import { Directory } from "./_directory.ts";
import { HostStat, type Syscalls } from "./syscalls.ts";

/** A path shorter than this is surely shorter than PATH_MAX, in bytes. */
const SURELY_SHORT_PATH = 1024;

/** How a tree of directories behaves. */
export interface DirectoryTreeOptions {
  /** How many directories are kept open at most. */
  readonly capacity: number;
  /** Whether nobody else renames directories, so that what is open need not be checked. */
  readonly exclusive: boolean;
  /** Whether other mounts are out of bounds. */
  readonly noxdev: boolean;
}

/**
 * Finds directories by their paths, name by name from an open root, following no link, and keeps
 * them open for the next time.
 *
 * A directory that is kept may have been renamed by somebody else meanwhile, or moved out of the
 * root. So before it is used again, the kernel is asked where it is now, and where the root is: only
 * if the one is the path that it is kept for below the other, it is the right one. The root is asked
 * for each time, because a directory can move from it into what took its place and its name.
 *
 * A directory that is returned stays open until the next call of the tree; whoever needs it longer
 * says so by `hold` and `release`.
 */
export class DirectoryTree {
  readonly root: Directory;
  /** Whether other mounts are out of bounds. */
  readonly noxdev: boolean;
  /** Whether nobody else renames directories, so that what is open need not be checked. */
  readonly exclusive: boolean;
  readonly #syscalls: Syscalls;
  readonly #capacity: number;
  readonly #walksPaths: boolean;
  readonly #mount: number;
  readonly #open = new Map<string, Directory>();
  readonly #passing: Directory[] = [];
  readonly #stat = new HostStat();
  #closed = false;

  constructor(syscalls: Syscalls, root: number, options: DirectoryTreeOptions) {
    this.#syscalls = syscalls;
    this.exclusive = options.exclusive;
    this.noxdev = options.noxdev;
    // Where the kernel walks a path in one call, that is cheaper than to ask where a directory is.
    this.#walksPaths = syscalls.walksPaths && !options.exclusive;
    this.#capacity = this.#walksPaths ? 0 : options.capacity;
    syscalls.fstat(root, this.#stat);
    this.root = new Directory(root, this.#stat.dev);
    this.#mount = this.noxdev ? syscalls.mountId(root) : 0;
  }

  /** How many directories are kept open. */
  get size(): number {
    return this.#open.size;
  }

  /** Opens the directory of a clean path. */
  at(path: string): Directory {
    if (this.#closed) throw new VfsError("EBADF", path);
    if (this.#passing.length > 0) this.#closePassing();
    if (path === "/") return this.root;
    return this.#kept(path) ?? this.#walk(path);
  }

  /** Opens the directory that holds the last name of a clean path. */
  parentOf(path: string): Directory {
    const slash = path.lastIndexOf("/");
    return this.at(slash <= 0 ? "/" : path.slice(0, slash));
  }

  /** Opens a directory in a directory that is held; `path` is that of the former. */
  child(parent: Directory, name: string, path: string): Directory {
    this.#closePassing();
    return this.#kept(path) ?? this.#enter(parent, name, path);
  }

  /** Keeps a directory open until it is released. */
  hold(directory: Directory): Directory {
    directory.holders++;
    return directory;
  }

  release(directory: Directory): void {
    if (--directory.holders === 0 && directory.dropped) {
      this.#syscalls.close(directory.descriptor);
    }
  }

  /** Describes what a clean path names; false if there is nothing. */
  look(path: string, into: HostStat): boolean {
    try {
      return this.#look(path, into);
    } catch (error) {
      if (error instanceof VfsError && error.code === "ENOENT") return false;
      throw error;
    }
  }

  #look(path: string, into: HostStat): boolean {
    const slash = path.lastIndexOf("/");
    if (path !== "/" && !this.noxdev && (slash === 0 || !this.#isDirect(path))) {
      const { descriptor } = this.parentOf(path);
      if (!this.#syscalls.lstat(descriptor, path.slice(slash + 1), into)) return false;
      if (into.dev === this.root.device) return true;
    }
    const node = this.tryOpenNode(path, into);
    if (node < 0) return false;
    this.closeNode(node);
    return true;
  }

  /** Opens what a clean path names if that is quickly found to be a regular file; -1 otherwise. */
  openRegular(path: string, flags: number): number {
    const syscalls = this.#syscalls;
    if (syscalls.openRegular === undefined || this.noxdev || this.#closed) return -1;
    const { descriptor, device } = this.root;
    return this.#isDirect(path)
      ? syscalls.openRegular(descriptor, path.slice(1), device, flags)
      : syscalls.openRegular(this.parentOf(path).descriptor, baseName(path), device, flags);
  }

  /** Opens the node of what a clean path names, and describes it; to be closed by `closeNode`. */
  openNode(path: string, into: HostStat): number {
    const node = this.tryOpenNode(path, into);
    if (node < 0) throw new VfsError("ENOENT", path);
    return node;
  }

  /** Does what `openNode` does, but returns -1 if the last name is not there. */
  tryOpenNode(path: string, into: HostStat): number {
    if (this.#closed) throw new VfsError("EBADF", path);
    if (path === "/") {
      this.#syscalls.fstat(this.root.descriptor, into);
      return this.root.descriptor;
    }
    const node = this.#isDirect(path)
      ? this.#syscalls.openNode(this.root.descriptor, path.slice(1))
      : this.#syscalls.openNode(this.parentOf(path).descriptor, baseName(path));
    if (node < 0) return node;
    try {
      this.#syscalls.fstat(node, into);
      this.checkPlace(node, into.dev, path);
      return node;
    } catch (error) {
      this.#syscalls.close(node);
      throw error;
    }
  }

  closeNode(node: number): void {
    if (node !== this.root.descriptor) this.#syscalls.close(node);
  }

  /** Whether the kernel walks this path by itself, from the root, in one call. */
  #isDirect(path: string): boolean {
    return this.#walksPaths && path.length < SURELY_SHORT_PATH;
  }

  /** Lets go of a directory and of those below it: they are gone, or have other names now. */
  forget(path: string): void {
    if (this.#open.size === 0) return;
    const below = path === "/" ? path : `${path}/`;
    for (const [key, directory] of this.#open) {
      if (key === path || key.startsWith(below)) this.#drop(key, directory);
    }
  }

  /** Closes everything, the root included; from then on, everything fails with EBADF. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closePassing();
    for (const [path, directory] of this.#open) this.#drop(path, directory);
    this.#syscalls.close(this.root.descriptor);
  }

  #kept(path: string): Directory | undefined {
    const directory = this.#open.get(path);
    if (directory === undefined) return undefined;
    if (this.exclusive || this.#isAt(path, directory.descriptor)) {
      directory.recent = true;
      return directory;
    }
    this.#drop(path, directory);
    return undefined;
  }

  #walk(path: string): Directory {
    if (this.#isDirect(path)) {
      return this.#enter(this.root, path.slice(1), path);
    }
    let directory = this.root;
    let end = path.lastIndexOf("/");
    for (; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const kept = this.#kept(path.slice(0, end));
      if (kept === undefined) continue;
      directory = kept;
      break;
    }
    while (end < path.length) {
      const start = end + 1;
      end = path.indexOf("/", start);
      if (end < 0) end = path.length;
      directory = this.#enter(directory, path.slice(start, end), path.slice(0, end));
    }
    return directory;
  }

  #enter(parent: Directory, names: string, path: string): Directory {
    const descriptor = this.#syscalls.openDirectory(parent.descriptor, names);
    try {
      this.#syscalls.fstat(descriptor, this.#stat);
      const device = this.#stat.dev;
      this.checkPlace(descriptor, device, path);
      return this.#keep(path, descriptor, device);
    } catch (error) {
      this.#syscalls.close(descriptor);
      throw error;
    }
  }

  /**
   * Refuses what lies on a filesystem that is no tree of files (EACCES), or on a mount that is out
   * of bounds (EXDEV).
   */
  checkPlace(descriptor: number, device: number, path: string): void {
    if (this.noxdev && this.#syscalls.mountId(descriptor) !== this.#mount) {
      throw new VfsError("EXDEV", path);
    }
    if (device === this.root.device) return;
    if (isPseudoFilesystem(this.#syscalls.statfs(descriptor).type)) {
      throw new VfsError("EACCES", path);
    }
  }

  #keep(path: string, descriptor: number, device: number): Directory {
    const directory = new Directory(descriptor, device);
    if (this.#capacity > 0 && (this.exclusive || this.#canBeFound(path, descriptor))) {
      this.#makeRoom();
      this.#open.set(path, directory);
    } else {
      this.#passing.push(directory);
    }
    return directory;
  }

  /** Whether a directory is where its path says, and can be told from anything elsewhere. */
  #canBeFound(path: string, descriptor: number): boolean {
    // The kernel marks removed directories so, and text that is not UTF-8 is read as U+FFFD.
    if (path.endsWith(" (deleted)") || path.includes("\uFFFD")) return false;
    return this.#isAt(path, descriptor);
  }

  #isAt(path: string, descriptor: number): boolean {
    const whereabouts = this.#whereabouts(descriptor);
    if (whereabouts === undefined || !whereabouts.endsWith(path)) return false;
    return whereabouts === this.#whereabouts(this.root.descriptor) + path;
  }

  #whereabouts(descriptor: number): string | undefined {
    try {
      const whereabouts = this.#syscalls.whereabouts(descriptor);
      return whereabouts === "/" ? "" : whereabouts;
    } catch (error) {
      // Deeper than PATH_MAX: it works, but nobody can tell where it is.
      if (toVfsError(error).code === "ENAMETOOLONG") return undefined;
      throw error;
    }
  }

  /** Drops what was not asked for since it was last considered, oldest first. */
  #makeRoom(): void {
    for (const [path, directory] of this.#open) {
      if (this.#open.size < this.#capacity) return;
      this.#open.delete(path);
      if (directory.recent) {
        directory.recent = false;
        this.#open.set(path, directory);
      } else {
        this.#discard(directory);
      }
    }
  }

  #drop(path: string, directory: Directory): void {
    this.#open.delete(path);
    this.#discard(directory);
  }

  #discard(directory: Directory): void {
    if (directory.holders > 0) directory.dropped = true;
    else this.#syscalls.close(directory.descriptor);
  }

  #closePassing(): void {
    for (const directory of this.#passing.splice(0)) this.#discard(directory);
  }
}
