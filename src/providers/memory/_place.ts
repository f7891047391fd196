import type { Dentry, Directory } from "./_directory.ts";
import type { Inode } from "./_inode.ts";

/** A place where a name is or could be: the directory is there, the name perhaps not. */
export class Place {
  readonly path: string;
  /** The inode of the directory, and its names. */
  readonly parent: Inode;
  readonly names: Directory;
  readonly name: string;
  /** How often directories had moved or gone when this was true. */
  readonly epoch: number;
  #dentry: Dentry | undefined;
  #ownName: string | undefined;

  constructor(path: string, parent: Inode, name: string, epoch: number) {
    this.path = path;
    this.parent = parent;
    this.names = parent.body as Directory;
    this.name = name;
    this.epoch = epoch;
  }

  /** What the name stands for now. */
  get inode(): Inode | undefined {
    return this.#dentry?.inode ?? (this.#dentry = this.names.dentry(this.name))?.inode;
  }

  /** The name as a text of its own, to be kept. */
  get ownName(): string {
    return this.#ownName ??= ownText(this.name);
  }
}

/**
 * Copies a text. Engines cut a name out of a path by pointing into it, and a name that stays must not
 * keep the path; joining is what makes all of them write the characters anew.
 */
function ownText(name: string): string {
  return [name.slice(0, 1), name.slice(1)].join("");
}
