import type { FileInfo } from "../fs/mod.ts";
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
  /** When a listing of this directory last brought attributes along, by the session's clock. */
  describedAt: number = -Infinity;

  constructor(id: number, info: FileInfo) {
    this.id = id;
    this.info = info;
    this.nlink = info.nlink;
  }

  /** Notes what is told of it now. */
  update(info: FileInfo): void {
    this.info = info;
    this.nlink = info.nlink;
  }
}
