import type { FileInfo, Timespec } from "../fs/mod.ts";
import type { Described } from "./_described.ts";
import type { OpenFile } from "./_open_file.ts";

/** A name of a node in a directory: a dentry. */
export interface Dentry {
  readonly parent: Node;
  readonly name: string;
}

/** An inode that the kernel knows of, by the number that we gave it. */
export class Node {
  /** What the kernel calls it. A number is never given twice, so generations are not needed. */
  readonly id: number;
  /** What was last told of it. */
  info: FileInfo;
  /** The number that users see, in two words: ours where the provider has none. */
  inoLow!: number;
  inoHigh!: number;
  /** How many names it has, as far as we know: what was last told, less what we removed since. */
  nlink: number;
  /** How often the kernel has been told of it and has not forgotten it. */
  lookups = 0;
  /** Its names, the first of which makes its path; none once it is unlinked. */
  readonly dentries: Dentry[] = [];
  /** What the kernel knows of in this directory. */
  children: Map<string, Node> | undefined;
  /** What is open of it. */
  files: OpenFile[] | undefined;
  /** The path as it was at `epoch`. */
  path: string | undefined;
  epoch = -1;
  /** What its data looked like when the kernel began to cache it; see `mayKeepCache`. */
  cached: FileInfo | undefined;
  /** Of a directory that was listed: what the kernel believes of what is in it. */
  described: Described | undefined;

  constructor(id: number, info: FileInfo) {
    this.id = id;
    this.info = info;
    this.nlink = info.nlink;
    this.#number(info.ino);
  }

  /** Notes what is told of it now. */
  update(info: FileInfo): void {
    this.nlink = info.nlink;
    // To keep what says the same is kinder to the garbage collector: the new can go at once.
    if (isEqual(this.info, info)) return;
    if (this.info.ino !== info.ino) this.#number(info.ino);
    this.info = info;
  }

  /** Takes a big integer apart, once: to write one into each reply takes some engines long. */
  #number(ino: bigint): void {
    const visible = ino === 0n ? BigInt(this.id) : ino;
    this.inoLow = Number(BigInt.asUintN(32, visible));
    this.inoHigh = Number(BigInt.asUintN(32, visible >> 32n));
  }
}

function isEqual(a: FileInfo, b: FileInfo): boolean {
  return a === b || a.size === b.size && a.mode === b.mode && a.nlink === b.nlink &&
      a.uid === b.uid && a.gid === b.gid && a.rdev === b.rdev && a.blocks === b.blocks &&
      a.blksize === b.blksize && isSameTime(a.mtime, b.mtime) && isSameTime(a.ctime, b.ctime) &&
      isSameTime(a.atime, b.atime) && a.ino === b.ino;
}

function isSameTime(a: Timespec, b: Timespec): boolean {
  return a === b || a.sec === b.sec && a.nsec === b.nsec;
}
