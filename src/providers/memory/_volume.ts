import {
  isDirectory,
  isSymlink,
  now,
  type OpContext,
  S_IFDIR,
  type TimeChange,
  type Timespec,
  VfsError,
} from "../../fs/mod.ts";
import { LockTable } from "../lock_table.ts";
import { Directory } from "./_directory.ts";
import { FileContent } from "./_file_content.ts";
import { type Body, Inode } from "./_inode.ts";
import {
  inheritedGid,
  inheritedMode,
  modeAfterChmod,
  modeAfterChown,
  modeAfterWrite,
} from "./_rules.ts";
import { Space } from "./_space.ts";
import type { MemoryOptions } from "./options.ts";

const GIBIBYTE = 2 ** 30;
const DAY = 24 * 60 * 60;

/** The inodes of a filesystem, and what happens to one whatever name or handle it is reached by. */
export class Volume {
  readonly space: Space;
  readonly fileSize: number;
  readonly locks: LockTable<Inode>;
  readonly root: Inode;
  readonly now: () => Timespec;
  readonly #atime: "strict" | "relatime" | "none";
  #lastIno = 0;

  constructor(options: MemoryOptions) {
    const { limit = GIBIBYTE, quota = Infinity, inodes = 2 ** 20, locks = 2 ** 14 } = options;
    this.fileSize = Math.min(options.fileSize ?? Infinity, Number.MAX_SAFE_INTEGER);
    const limits = { limit, quota, inodes, locks, fileSize: this.fileSize };
    for (const [name, value] of Object.entries(limits)) {
      if (!(value >= 0)) throw new RangeError(`Cannot limit ${name} to ${value}`);
    }
    this.space = new Space(limit, quota, inodes);
    this.locks = new LockTable({ locks });
    this.now = options.clock ?? now;
    this.#atime = options.atime ?? "relatime";
    const { mode = 0o755, uid = 0, gid = 0 } = options.root ?? {};
    this.root = this.#make(S_IFDIR | mode, uid, gid, new Directory());
    this.root.nlink = 2;
  }

  /** Makes an inode that belongs to the caller and still has no name. */
  make(parent: Inode, mode: number, body: Body, context: OpContext): Inode {
    const gid = inheritedGid(parent, context);
    return this.#make(inheritedMode(parent, mode, context), context.uid, gid, body);
  }

  #make(mode: number, uid: number, gid: number, body: Body): Inode {
    this.space.claimInode();
    return new Inode(BigInt(++this.#lastIno), mode, uid, gid, this.now(), body);
  }

  /** Gives back what an inode holds, once it has neither name nor handle. */
  release(inode: Inode): void {
    if (inode.nlink > 0 || inode.opens > 0) return;
    const { body, uid } = inode;
    if (body instanceof FileContent) body.truncate(0, this.space, uid);
    this.space.give(uid, inode.held);
    this.space.giveInode();
  }

  /**
   * Notes that the content was read.
   *
   * @param isFirst Whether it was not read through this handle before: asking the time costs as much
   * as reading, so whether a day has passed is looked at once.
   */
  accessed(inode: Inode, isFirst: boolean): void {
    if (this.#atime === "none") return;
    if (this.#atime === "strict" || isStale(inode)) {
      inode.atime = this.now();
    } else if (isFirst) {
      const time = this.now();
      if (time.sec - inode.atime.sec >= DAY) inode.atime = time;
    }
  }

  /** Notes that somebody changed the content. */
  modified(inode: Inode, context: OpContext): void {
    inode.mtime = inode.ctime = this.now();
    inode.mode = modeAfterWrite(inode, context);
    // Capabilities go with the content that they were given to, also when root changes it.
    if (inode.xattrs !== undefined) this.dropXattr(inode, "security.capability");
  }

  /** Notes that something about the inode changed. */
  changed(inode: Inode): void {
    inode.ctime = this.now();
  }

  /** Removes an extended attribute, if it is there. */
  dropXattr({ xattrs, uid }: Inode, name: string): boolean {
    const bytes = xattrs?.delete(name) ?? 0;
    this.space.give(uid, bytes);
    return bytes > 0;
  }

  chmod(inode: Inode, mode: number, context: OpContext): void {
    if (isSymlink(inode.mode)) throw new VfsError("EOPNOTSUPP");
    inode.mode = modeAfterChmod(inode, mode, context);
    this.changed(inode);
  }

  chown(inode: Inode, uid: number, gid: number, context: OpContext): void {
    const owner = uid === -1 ? inode.uid : uid;
    this.space.move(inode.uid, owner, inode.held);
    inode.mode = modeAfterChown(inode, context);
    inode.uid = owner;
    if (gid !== -1) inode.gid = gid;
    this.changed(inode);
  }

  utimes(inode: Inode, atime: TimeChange, mtime: TimeChange): void {
    if (atime === "omit" && mtime === "omit") return;
    const time = this.now();
    const newAtime = changedTime(inode.atime, atime, time);
    inode.mtime = changedTime(inode.mtime, mtime, time);
    inode.atime = newAtime;
    inode.ctime = time;
  }

  /** Sets the size; `always` notes a change even if there was none, as `ftruncate` does. */
  truncate(inode: Inode, size: number, always: boolean, context: OpContext): void {
    const { body } = inode;
    if (!(body instanceof FileContent)) throw new VfsError(errnoForTruncate(inode));
    if (!(size >= 0)) throw new VfsError("EINVAL");
    if (size > this.fileSize) throw new VfsError("EFBIG");
    const isChange = size !== body.size;
    body.truncate(size, this.space, inode.uid);
    if (isChange || always) this.modified(inode, context);
  }
}

/** Whether the access time is not later than the last change. */
function isStale({ atime, mtime, ctime }: Inode): boolean {
  return !isLater(atime, mtime) || !isLater(atime, ctime);
}

function isLater(a: Timespec, b: Timespec): boolean {
  return a.sec > b.sec || (a.sec === b.sec && a.nsec > b.nsec);
}

function changedTime(before: Timespec, change: TimeChange, time: Timespec): Timespec {
  if (change === "omit") return before;
  if (change === "now") return time;
  const { sec, nsec } = change;
  if (!Number.isSafeInteger(sec) || !Number.isInteger(nsec) || nsec < 0 || nsec > 999_999_999) {
    throw new VfsError("EINVAL", `time ${sec} s ${nsec} ns`);
  }
  return { sec, nsec };
}

function errnoForTruncate({ mode }: Inode): "EISDIR" | "ELOOP" | "EINVAL" {
  return isDirectory(mode) ? "EISDIR" : isSymlink(mode) ? "ELOOP" : "EINVAL";
}
