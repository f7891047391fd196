import {
  type FileInfo,
  isSymlink,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  VfsError,
} from "../../src/fs/mod.ts";
import { checkPath } from "./_check.ts";
import type { Directory, DirectoryTree } from "./_directory_tree.ts";
import { HostLocks } from "./_host_locks.ts";
import { UniqueInodes } from "./_unique_inodes.ts";
import type { RealDirectoryOptions } from "./options.ts";
import { HostStat, type Syscalls } from "./syscalls.ts";

/** What a provider and the handles that it gave out have in common. */
export class Volume {
  readonly syscalls: Syscalls;
  readonly tree: DirectoryTree;
  readonly readonly: boolean;
  /** Filled by each call that asks for a stat: nothing keeps it over another call. */
  readonly stat: HostStat = new HostStat();
  readonly locks: HostLocks;
  /** How many names were left out of listings because they are not UTF-8. */
  skippedNames = 0;
  readonly #inodes: UniqueInodes;
  readonly #denyLinks: boolean;
  readonly #denySpecials: boolean;
  readonly #fixed: { readonly uid: number; readonly gid: number } | undefined;

  constructor(syscalls: Syscalls, tree: DirectoryTree, options: RealDirectoryOptions) {
    this.syscalls = syscalls;
    this.tree = tree;
    this.locks = new HostLocks(syscalls);
    this.readonly = options.readonly ?? false;
    this.#inodes = new UniqueInodes(tree.root.device);
    this.#denyLinks = options.symlinks === "deny";
    this.#denySpecials = options.specials === "deny";
    const { uid, gid } = options;
    const ownership = options.ownership ??
      (uid === undefined && gid === undefined ? "host" : "fixed");
    if (ownership === "fixed") this.#fixed = { uid: uid ?? 0, gid: gid ?? 0 };
  }

  /** Fills `stat` with what a clean path names; false if there is nothing. */
  look(path: string): boolean {
    checkPath(path);
    return this.tree.look(path, this.stat);
  }

  /** Refuses a change to a read-only tree. */
  checkWritable(path?: string): void {
    if (this.readonly) throw new VfsError("EROFS", path);
  }

  /** Refuses what the tree does not offer: links and special files, where they are denied. */
  checkKind(mode: number, path: string): void {
    const type = mode & S_IFMT;
    if (type === S_IFREG || type === S_IFDIR) return;
    if (type === S_IFLNK ? this.#denyLinks : this.#denySpecials) {
      throw new VfsError("EACCES", path);
    }
  }

  /** Refuses to use a name for what the tree does not offer. */
  checkName(directory: Directory, name: string, path: string): void {
    if (!this.#denyLinks && !this.#denySpecials) return;
    if (this.syscalls.lstat(directory.descriptor, name, this.stat)) {
      this.checkKind(this.stat.mode, path);
    }
  }

  /** Refuses to make what the tree does not offer. */
  checkMaking(mode: number, path: string): void {
    if (isSymlink(mode) ? this.#denyLinks : this.#denySpecials) throw new VfsError("EPERM", path);
  }

  /**
   * Decides about a change of owner.
   *
   * @returns Whether the host has anything to change.
   */
  mayChown(uid: number, gid: number, path?: string): boolean {
    const fixed = this.#fixed;
    if (fixed === undefined) return true;
    if ((uid !== -1 && uid !== fixed.uid) || (gid !== -1 && gid !== fixed.gid)) {
      throw new VfsError("EPERM", path);
    }
    return false;
  }

  /** What the guest is told of a file. */
  info(stat: HostStat): FileInfo {
    const fixed = this.#fixed;
    return {
      ino: this.#inodes.number(stat.dev, stat.ino),
      mode: stat.mode,
      nlink: stat.nlink,
      uid: fixed === undefined ? stat.uid : fixed.uid,
      gid: fixed === undefined ? stat.gid : fixed.gid,
      rdev: stat.rdev,
      size: stat.size,
      blocks: stat.blocks,
      blksize: stat.blksize,
      atime: { sec: stat.atimeSec, nsec: stat.atimeNsec },
      mtime: { sec: stat.mtimeSec, nsec: stat.mtimeNsec },
      ctime: { sec: stat.ctimeSec, nsec: stat.ctimeNsec },
    };
  }

  /** The number that the guest knows an inode by. */
  inode(device: number, ino: bigint): bigint {
    return this.#inodes.number(device, ino);
  }
}
