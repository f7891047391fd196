import { BaseHandle } from "../fs/base_handle.ts";
import { BaseProvider } from "../fs/base_provider.ts";
import { VfsError } from "../fs/error.ts";
import { canWrite, O_CREAT, O_EXCL, O_TMPFILE, O_TRUNC } from "../fs/flags.ts";
import type { DirEntry, DirPageEntry, FileInfo, StatFs } from "../fs/info.ts";
import { S_IFDIR } from "../fs/mode.ts";
import { NAME_MAX, parentPath } from "../fs/path.ts";
import type { MountNode } from "./_router_node.ts";

/** The directories that exist only because a mount lies below them: empty, and read-only. */
export class Skeleton extends BaseProvider {
  readonly #nodeAt: (path: string) => MountNode | undefined;

  /** @param nodeAt Finds the directory at a path, if a mount needs one there. */
  constructor(nodeAt: (path: string) => MountNode | undefined) {
    super();
    this.#nodeAt = nodeAt;
  }

  override stat(path: string): FileInfo {
    const info = this.lookup(path);
    if (info === undefined) throw new VfsError("ENOENT", path);
    return info;
  }

  override lookup(path: string): FileInfo | undefined {
    const node = this.#nodeAt(path);
    return node === undefined ? undefined : describe(node);
  }

  override readDir(path: string): DirEntry[] {
    this.stat(path);
    return [];
  }

  override openDir(path: string): BaseHandle {
    return new SkeletonHandle(this.stat(path));
  }

  override open(path: string, flags: number): BaseHandle {
    const node = this.#nodeAt(path);
    if (node === undefined) {
      const refused = (flags & O_CREAT) !== 0 && this.#nodeAt(parentPath(path)) !== undefined;
      throw new VfsError(refused ? "EROFS" : "ENOENT", path);
    }
    if ((flags & O_TMPFILE) === O_TMPFILE) throw new VfsError("EROFS", path);
    if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) throw new VfsError("EEXIST", path);
    if (canWrite(flags) || (flags & (O_CREAT | O_TRUNC)) !== 0) throw new VfsError("EISDIR", path);
    return new SkeletonHandle(describe(node));
  }

  override truncate(path: string): never {
    this.stat(path);
    throw new VfsError("EISDIR", path);
  }

  override statfs(): StatFs {
    return {
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: NAME_MAX,
      readonly: true,
    };
  }
}

function describe(node: MountNode): FileInfo {
  return {
    ino: BigInt(node.id),
    mode: S_IFDIR | 0o555,
    nlink: 2 + node.children.size,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: 0,
    blocks: 0,
    blksize: 4096,
    atime: node.made,
    mtime: node.made,
    ctime: node.made,
  };
}

class SkeletonHandle extends BaseHandle {
  readonly #info: FileInfo;

  constructor(info: FileInfo) {
    super();
    this.#info = info;
  }

  override stat(): FileInfo {
    return this.#info;
  }

  override readAt(): never {
    throw new VfsError("EISDIR");
  }

  override readDir(): DirPageEntry[] {
    return [];
  }

  /** There is nothing to put on stable storage. */
  override sync(): void {}

  override chmod(): never {
    throw new VfsError("EROFS");
  }

  override chown(): never {
    throw new VfsError("EROFS");
  }

  override utimes(): never {
    throw new VfsError("EROFS");
  }
}
