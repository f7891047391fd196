import type { Inode } from "./_inode.ts";

/** A name in a directory. */
export class Dentry {
  readonly name: string;
  /** Grows with every name that is added to the directory: the cursor of listings. */
  readonly sequence: number;
  /** What the name stands for; `undefined` once the name is removed. */
  inode: Inode | undefined;

  constructor(name: string, sequence: number, inode: Inode) {
    this.name = name;
    this.sequence = sequence;
    this.inode = inode;
  }
}

/** Fewer removed names than this are not worth tidying up. */
const FEW = 16;

/**
 * The names of a directory, found by name at once and by sequence in a logarithm of their number.
 *
 * A name keeps its sequence while it exists, also when something else is renamed over it. That is
 * what makes listings stable: each page holds what comes after a sequence.
 */
export class Directory {
  #names: Map<string, Dentry> | undefined;
  /** In the order of their sequence, with removed ones among them until it is worth tidying up. */
  #order: Dentry[] = [];
  #removed = 0;
  #sequence = 0;

  get isEmpty(): boolean {
    return this.#names === undefined || this.#names.size === 0;
  }

  find(name: string): Inode | undefined {
    return this.#names?.get(name)?.inode;
  }

  /** The entry of a name, which is good for as long as it has an inode. */
  dentry(name: string): Dentry | undefined {
    return this.#names?.get(name);
  }

  /** Adds a name that is not there: a text of its own, because it stays. */
  add(name: string, inode: Inode): void {
    const dentry = new Dentry(name, ++this.#sequence, inode);
    (this.#names ??= new Map()).set(name, dentry);
    this.#order.push(dentry);
  }

  /** Makes a name that is there stand for something else. */
  replace(name: string, inode: Inode): void {
    this.#names!.get(name)!.inode = inode;
  }

  /** Removes a name that is there. */
  remove(name: string): void {
    this.#names!.get(name)!.inode = undefined;
    this.#names!.delete(name);
    if (++this.#removed > FEW && this.#removed > this.#order.length / 2) {
      this.#order = this.#order.filter((dentry) => dentry.inode !== undefined);
      this.#removed = 0;
    }
  }

  /** Lists at most `limit` names that come after a sequence. */
  page(after: number, limit: number): Dentry[] {
    const page: Dentry[] = [];
    const order = this.#order;
    for (let i = this.#firstAfter(after); i < order.length && page.length < limit; i++) {
      const dentry = order[i]!;
      if (dentry.inode !== undefined) page.push(dentry);
    }
    return page;
  }

  #firstAfter(sequence: number): number {
    if (sequence <= 0) return 0;
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#order[middle]!.sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
