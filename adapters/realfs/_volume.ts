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
import type { Directory } from "./_directory.ts";
import type { DirectoryTree } from "./_directory_tree.ts";
import { HostLocks } from "./_host_locks.ts";
import { ownershipOf } from "./_ownership_of.ts";
import type { Ownership } from "./_ownership.ts";
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
  readonly ownership: Ownership;
  /** How many names were left out of listings because they are not UTF-8. */
  skippedNames = 0;
  readonly #inodes: UniqueInodes;
  readonly #denyLinks: boolean;
  readonly #denySpecials: boolean;

  constructor(syscalls: Syscalls, tree: DirectoryTree, options: RealDirectoryOptions) {
    this.syscalls = syscalls;
    this.tree = tree;
    this.locks = new HostLocks(syscalls);
    this.readonly = options.readonly ?? false;
    this.#inodes = new UniqueInodes(tree.root.device);
    this.#denyLinks = options.symlinks === "deny";
    this.#denySpecials = options.specials === "deny";
    this.ownership = ownershipOf(syscalls, options);
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

  /** Describes an open inode to the guest. */
  describe(descriptor: number): FileInfo {
    this.syscalls.fstat(descriptor, this.stat);
    return this.#told(descriptor);
  }

  /** Describes what a clean path names; `undefined` if there is nothing. */
  lookup(path: string): FileInfo | undefined {
    const { ownership, stat, tree } = this;
    if (!ownership.inNotes) return this.look(path) ? this.#told(-1) : undefined;
    checkPath(path);
    const node = tree.tryOpenNode(path, stat);
    if (node < 0) return undefined;
    try {
      return this.#told(node);
    } finally {
      tree.closeNode(node);
    }
  }

  /** Describes what a name in an open directory stands for; `undefined` if there is nothing. */
  lookupAt(directory: number, name: string): FileInfo | undefined {
    const { ownership, stat, syscalls, tree } = this;
    if (!ownership.inNotes && !tree.noxdev) {
      return syscalls.lstat(directory, name, stat) ? this.#told(-1) : undefined;
    }
    const node = syscalls.openNode(directory, name);
    if (node < 0) return undefined;
    try {
      syscalls.fstat(node, stat);
      tree.checkPlace(node, stat.dev, name);
      return this.#told(node);
    } finally {
      syscalls.close(node);
    }
  }

  /** What the guest is told of the inode that `stat` describes. */
  #told(descriptor: number): FileInfo {
    const { stat } = this;
    this.ownership.describe(descriptor, stat);
    return {
      ino: this.#inodes.number(stat.dev, stat.ino),
      mode: stat.mode,
      nlink: stat.nlink,
      uid: stat.uid,
      gid: stat.gid,
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
