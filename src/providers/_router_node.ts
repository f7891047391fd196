import { now, type Timespec } from "../fs/time.ts";
import type { MountedTree } from "./_router_tree.ts";

/** A directory that is a mount point, or lies on the way to one. */
export class MountNode {
  readonly path: string;
  /** Tells nodes apart; the inode number of the directory where no provider has one for it. */
  readonly id: number;
  readonly made: Timespec = now();
  /** The directories in it that are mount points or on the way to one, by name. */
  readonly children: Map<string, MountNode> = new Map();
  /** What is mounted here; nothing on a directory that is only on the way. */
  tree: MountedTree | undefined;

  constructor(path: string, id: number) {
    this.path = path;
    this.id = id;
  }
}
