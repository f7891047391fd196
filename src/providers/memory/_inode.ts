import { type FileInfo, type Timespec, utf8Length } from "../../fs/mod.ts";
import type { Directory } from "./_directory.ts";
import { FileContent } from "./_file_content.ts";
import { PAGE } from "./_space.ts";
import type { XattrMap } from "./_xattr_map.ts";

/**
 * What an inode is: the content of a regular file, the names of a directory, the target of a
 * symbolic link, or the number of a device (0 for a fifo and a socket).
 */
export type Body = FileContent | Directory | string | number;

/** One file of any type, however many names and open handles it has. */
export class Inode {
  readonly ino: bigint;
  /** Type and permissions. */
  mode: number;
  nlink = 0;
  /** How many handles are open on it. */
  opens = 0;
  uid: number;
  gid: number;
  atime: Timespec;
  mtime: Timespec;
  ctime: Timespec;
  readonly body: Body;
  xattrs: XattrMap | undefined = undefined;

  constructor(ino: bigint, mode: number, uid: number, gid: number, time: Timespec, body: Body) {
    this.ino = ino;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.atime = time;
    this.mtime = time;
    this.ctime = time;
    this.body = body;
  }

  info(): FileInfo {
    const { body } = this;
    const content = body instanceof FileContent ? body : undefined;
    return {
      ino: this.ino,
      mode: this.mode,
      nlink: this.nlink,
      uid: this.uid,
      gid: this.gid,
      rdev: typeof body === "number" ? body : 0,
      size: content !== undefined ? content.size : typeof body === "string" ? utf8Length(body) : 0,
      blocks: content !== undefined ? content.pages * (PAGE / 512) : 0,
      blksize: PAGE,
      atime: this.atime,
      mtime: this.mtime,
      ctime: this.ctime,
    };
  }

  /** The bytes that it holds of its owner's share. */
  get held(): number {
    const { body, xattrs } = this;
    const content = body instanceof FileContent ? body.held : 0;
    const target = typeof body === "string" ? utf8Length(body) : 0;
    return content + target + (xattrs?.held ?? 0);
  }
}
