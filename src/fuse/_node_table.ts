import { type FileInfo, isDirectory, joinPath, S_IFMT, VfsError } from "../fs/mod.ts";
import { ROOT_ID } from "./_abi.ts";
import { type Dentry, Node } from "./_node.ts";

/**
 * What the kernel knows of: inodes by the numbers that we gave them, and the names between them.
 *
 * A node is found again by its inode number, so that several names of a file are one inode to the
 * kernel too, and a file that somebody else renamed stays what it was. It lives as long as the
 * kernel remembers it, it is open, or something below it lives.
 */
export class NodeTable {
  /** Moves on whenever a directory gets another path, which makes all paths below it stale. */
  epoch = 0;
  readonly root: Node;
  readonly #nodes = new Map<number, Node>();
  readonly #byIno = new Map<number | bigint, Node>();
  /** The directories that are being moved. */
  readonly #moving: Node[] = [];
  #nextId = ROOT_ID + 1;
  /** The path that was put together last, and of what: a name is looked for, made and used. */
  #joined = { directory: "", name: "", path: "" };

  constructor(root: FileInfo) {
    this.root = new Node(ROOT_ID, root);
    this.root.path = "/";
    this.root.lookups = 1;
    this.#nodes.set(ROOT_ID, this.root);
    if (root.ino !== 0n) this.#byIno.set(keyOf(root.ino), this.root);
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** @throws {VfsError} ESTALE for a number that was never given, or is forgotten. */
  get(id: number): Node {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new VfsError("ESTALE");
    return node;
  }

  /** The path of a node, or `undefined` if it or a directory above it has lost its name. */
  path(node: Node): string | undefined {
    if (node === this.root) return "/";
    if (node.epoch === this.epoch) return node.path;
    // From the node up to the nearest path that still holds, and down again; no recursion, because
    // trees can be deeper than the stack.
    const chain: Node[] = [];
    let top = node;
    while (top !== this.root && top.epoch !== this.epoch) {
      chain.push(top);
      const parent = top.dentries[0]?.parent;
      if (parent === undefined) break;
      top = parent;
    }
    let path = top === this.root ? "/" : top.epoch === this.epoch ? top.path : undefined;
    for (let i = chain.length - 1; i >= 0; i--) {
      const link = chain[i]!;
      const dentry = link.dentries[0];
      path = path === undefined || dentry === undefined ? undefined : this.#join(path, dentry.name);
      link.path = path;
      link.epoch = this.epoch;
    }
    return path;
  }

  /** The path of what has a number; `undefined` if it has none. */
  pathOf(id: number): string | undefined {
    const node = this.#nodes.get(id);
    return node === undefined ? undefined : this.path(node);
  }

  /**
   * Notes that something is about to be moved: until it is over, what lies below may be here or
   * there.
   *
   * @returns Says that it is over.
   */
  startMove(node: Node | undefined): () => void {
    if (node === undefined || !isDirectory(node.info.mode)) return () => {};
    this.#moving.push(node);
    return () => void this.#moving.splice(this.#moving.indexOf(node), 1);
  }

  /** Whether a node has another path than it had, or it or something above it is being moved. */
  movedSince(id: number, path: string | undefined): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined || this.path(node) !== path) return true;
    if (this.#moving.length === 0) return false;
    for (let above: Node | undefined = node; above; above = above.dentries[0]?.parent) {
      if (this.#moving.includes(above)) return true;
    }
    return false;
  }

  /**
   * The path of a node.
   *
   * @throws {VfsError} ENOENT if it, or a directory above it, was removed; ESTALE if we have lost
   * track of it, so that the kernel looks for it again.
   */
  livePath(node: Node): string {
    const path = this.path(node);
    if (path !== undefined) return path;
    let top = node;
    while (top.dentries.length > 0) top = top.dentries[0]!.parent;
    throw new VfsError(top.nlink === 0 ? "ENOENT" : "ESTALE");
  }

  /** The path of a name in a directory. @throws {VfsError} As {@link NodeTable.livePath} does. */
  childPath(parent: Node, name: string): string {
    const child = parent.children?.get(name);
    // What has no other name has its path by this one.
    const known = child?.dentries.length === 1 ? this.path(child) : undefined;
    return known ?? this.#join(this.livePath(parent), name);
  }

  #join(directory: string, name: string): string {
    const joined = this.#joined;
    if (name !== joined.name || directory !== joined.directory) {
      this.#joined = { directory, name, path: joinPath(directory, name) };
    }
    return this.#joined.path;
  }

  /** What the kernel was told last that a name stands for. */
  child(parent: Node, name: string): Node | undefined {
    return parent.children?.get(name);
  }

  /** Notes what a name stands for now. */
  attach(parent: Node, name: string, info: FileInfo): Node {
    const before = parent.children?.get(name);
    if (before !== undefined && isSame(before, info)) {
      before.update(info);
      return before;
    }
    if (before !== undefined) this.#dropName(parent, name, before);
    let node = info.ino === 0n ? undefined : this.#byIno.get(keyOf(info.ino));
    if (node !== undefined && !this.#mayAlias(node, parent, info)) node = undefined;
    if (node === undefined) {
      node = this.#create(info);
    } else {
      node.update(info);
      // A directory has one name: it was moved by somebody else.
      if (isDirectory(info.mode)) this.#dropAllNames(node);
    }
    this.#addName(parent, name, node);
    // More names than there can be: somebody else moved the file away from the oldest.
    const { dentries } = node;
    while (dentries.length > 1 && dentries.length > info.nlink) {
      this.#dropName(dentries[0]!.parent, dentries[0]!.name, node);
    }
    return node;
  }

  /** Notes that a node has got one more name. */
  addName(parent: Node, name: string, node: Node): void {
    const before = parent.children?.get(name);
    if (before === node) return;
    if (before !== undefined) this.#dropName(parent, name, before);
    this.#addName(parent, name, node);
  }

  /** Notes that a name is gone, by our own doing; with the last one the file is gone. */
  removeName(parent: Node, name: string): Node | undefined {
    const node = parent.children?.get(name);
    if (node === undefined) return undefined;
    node.nlink = isDirectory(node.info.mode) ? 0 : Math.max(0, node.nlink - 1);
    if (node.nlink === 0) this.#forgetIno(node);
    this.#dropName(parent, name, node);
    return node;
  }

  /** Notes that what had a name is not there any more, by somebody else's doing. */
  missing(parent: Node, name: string): void {
    const node = parent.children?.get(name);
    if (node !== undefined) this.#dropName(parent, name, node);
  }

  /** Notes that a name was moved over another. */
  move(from: Node, name: string, to: Node, newName: string): void {
    const node = from.children?.get(name);
    this.removeName(to, newName);
    if (node === undefined) return;
    this.#addName(to, newName, node);
    this.#dropName(from, name, node);
  }

  /** Notes that two names were exchanged. */
  exchange(from: Node, name: string, to: Node, newName: string): void {
    const one = from.children?.get(name);
    const other = to.children?.get(newName);
    if (one === other) return;
    if (one !== undefined) this.#dropName(from, name, one);
    if (other !== undefined) this.#dropName(to, newName, other);
    if (one !== undefined) this.#addName(to, newName, one);
    if (other !== undefined) this.#addName(from, name, other);
  }

  /** Notes that the kernel has forgotten a node so many times. */
  forget(id: number, count: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined || node === this.root) return;
    node.lookups = Math.max(0, node.lookups - count);
    this.release(node);
  }

  /** Lets go of a node that nobody needs any more, and of those above it that lived for it. */
  release(node: Node): void {
    if (!this.#isIdle(node)) return;
    const idle: Node[] = [node];
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) {
      if (!this.#isIdle(next) || !this.#nodes.delete(next.id)) continue;
      this.#forgetIno(next);
      // What was removed has no name any more.
      if (next.dentries.length === 0) continue;
      for (const { parent, name } of next.dentries.splice(0)) {
        parent.children?.delete(name);
        idle.push(parent);
      }
    }
  }

  #isIdle(node: Node): boolean {
    return node.lookups === 0 && node !== this.root && (node.files?.length ?? 0) === 0 &&
      (node.children === undefined || node.children.size === 0);
  }

  #create(info: FileInfo): Node {
    const node = new Node(this.#nextId++, info);
    this.#nodes.set(node.id, node);
    if (info.ino !== 0n && info.ino !== this.root.info.ino) this.#byIno.set(keyOf(info.ino), node);
    return node;
  }

  /** Whether a node may get a name: it is of the right type, and no directory comes below itself. */
  #mayAlias(node: Node, parent: Node, info: FileInfo): boolean {
    if (((node.info.mode ^ info.mode) & S_IFMT) !== 0) return false;
    if (!isDirectory(info.mode)) return true;
    for (let above: Node | undefined = parent; above; above = above.dentries[0]?.parent) {
      if (above === node) return false;
    }
    return node !== this.root;
  }

  #addName(parent: Node, name: string, node: Node): void {
    parent.children ??= new Map();
    parent.children.set(name, node);
    node.dentries.push({ parent, name });
    if (node.dentries.length === 1) this.#staleFrom(node);
  }

  #dropName(parent: Node, name: string, node: Node): void {
    parent.children?.delete(name);
    const { dentries } = node;
    // Nearly everything has one name.
    const isOnly = dentries.length === 1 && isDentry(dentries[0]!, parent, name);
    const i = isOnly ? 0 : dentries.findIndex((dentry) => isDentry(dentry, parent, name));
    if (isOnly) dentries.pop();
    else if (i >= 0) dentries.splice(i, 1);
    if (i === 0) this.#staleFrom(node);
    this.release(node);
    this.release(parent);
  }

  #dropAllNames(node: Node): void {
    for (const { parent, name } of node.dentries.splice(0)) {
      parent.children?.delete(name);
      this.release(parent);
    }
    this.#staleFrom(node);
  }

  /** The path of a node has changed, and with it those of everything below. */
  #staleFrom(node: Node): void {
    if (node.children !== undefined && node.children.size > 0) this.epoch++;
    else node.epoch = -1;
  }

  #forgetIno(node: Node): void {
    const key = keyOf(node.info.ino);
    if (this.#byIno.get(key) === node) this.#byIno.delete(key);
  }
}

function isDentry(dentry: Dentry, parent: Node, name: string): boolean {
  return dentry.parent === parent && dentry.name === name;
}

/** Inode numbers as keys: numbers, which maps find faster, where nothing is lost. */
function keyOf(ino: bigint): number | bigint {
  const key = Number(ino);
  return key <= Number.MAX_SAFE_INTEGER ? key : ino;
}

/** Whether a node is what was found: of the same identity and type. */
function isSame(node: Node, info: FileInfo): boolean {
  return node.info.ino === info.ino && ((node.info.mode ^ info.mode) & S_IFMT) === 0;
}
