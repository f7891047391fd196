import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import type { FileInfo } from "../fs/info.ts";
import { isDirectory } from "../fs/mode.ts";
import { baseName, parentPath } from "../fs/path.ts";
import type { Provider } from "../fs/provider.ts";
import { MountNode } from "./_router_node.ts";
import type { MountedTree } from "./_router_tree.ts";

/** Mounts are counted in 16 bits; the last number marks the directories of no mount. */
export const MAX_MOUNTS = 0xffff;

/**
 * Which tree covers a path: a trie over the names of the mount points. Finding costs a step for
 * each name of the mount point, not for each mount.
 */
export class MountTable {
  readonly root: MountNode = new MountNode("/", 1);
  #lastId = 1;
  #nextIndex = 0;
  /** Covers what no mount covers. */
  readonly base: MountedTree;
  /** The node at exactly the path that `find` was asked for last, if its tree has mounts below. */
  #found: MountNode | undefined;
  /** Found last, without mounts below: the next path is most often in the same tree. */
  #recent: MountedTree | undefined;

  constructor(makeBase: (root: MountNode) => MountedTree) {
    this.base = makeBase(this.root);
    this.root.tree = this.base;
  }

  /** The tree that covers a path: that of the longest mount point above it or at it. */
  find(path: string): MountedTree {
    const recent = this.#recent;
    if (recent !== undefined && recent.covers(path)) return recent;
    let node = this.root;
    let tree = node.tree!;
    let start = 1;
    while (node.children.size > 0 && start < path.length) {
      const end = nameEnd(path, start);
      const child = node.children.get(path.slice(start, end));
      if (child === undefined) break;
      node = child;
      if (node.tree !== undefined) tree = node.tree;
      start = end + 1;
    }
    this.#found = start > path.length || path.length === 1 ? node : undefined;
    if (!tree.hasMountsBelow) this.#recent = tree;
    return tree;
  }

  /** The node at exactly this path, if it is a mount point or on the way to one. */
  nodeAt(path: string): MountNode | undefined {
    let node: MountNode | undefined = this.root;
    for (let start = 1; node !== undefined && start < path.length;) {
      const end = nameEnd(path, start);
      node = node.children.get(path.slice(start, end));
      start = end + 1;
    }
    return node;
  }

  /** The tree that was mounted at exactly this path. */
  mountedAt(path: string): MountedTree | undefined {
    const tree = this.nodeAt(path)?.tree;
    return tree === this.base ? undefined : tree;
  }

  /** Whether a path is a directory that leads to a mount without being a mount point. */
  isOnTheWay(path: string): boolean {
    const node = this.nodeAt(path);
    return node !== undefined && node.tree === undefined;
  }

  /** The tree that answers for what is at a path. */
  at(path: string, context: OpContext | undefined): Awaitable<Provider> {
    const tree = this.find(path);
    if (!tree.hasMountsBelow) return tree;
    const node = this.#found;
    if (node === undefined || node.tree !== undefined) return tree;
    return this.#coveringOrSkeleton(tree, path, context);
  }

  /** The tree in which a new name can be made. */
  atNew(path: string, context: OpContext | undefined): Awaitable<Provider> {
    const tree = this.find(path);
    if (!tree.hasMountsBelow) return tree;
    if (this.nodeAt(path) !== undefined) throw new VfsError("EEXIST", path);
    const parent = parentPath(path);
    return this.isOnTheWay(parent) ? this.#coveringOrSkeleton(tree, parent, context) : tree;
  }

  /** A directory on the way to a mount: the covering provider's if it has one, else our own. */
  #coveringOrSkeleton(
    tree: Provider,
    path: string,
    context: OpContext | undefined,
  ): Awaitable<Provider> {
    const choose = (info: FileInfo | undefined) =>
      info !== undefined && isDirectory(info.mode) ? tree : this.base;
    const skip = (error: unknown) => {
      if (error instanceof VfsError && error.code === "ENOTDIR") return this.base;
      throw error;
    };
    try {
      const info = tree.lookup(path, context);
      return isPromiseLike(info) ? info.then(choose, skip) : choose(info);
    } catch (error) {
      return skip(error);
    }
  }

  /** The names in a directory that lead to mounts, if there are any. */
  namesIn(path: string): string[] | undefined {
    if (!this.find(path).hasMountsBelow) return undefined;
    const children = this.#found?.children;
    return children !== undefined && children.size > 0 ? [...children.keys()] : undefined;
  }

  /** A number that no mount has, not that of a mount of late either: its handles may be open. */
  takeIndex(): number {
    const taken = new Set(this.list().map((tree) => tree.index));
    if (taken.size >= MAX_MOUNTS) throw new VfsError("ENOSPC", "too many mounts");
    while (taken.has(this.#nextIndex)) this.#nextIndex = (this.#nextIndex + 1) % MAX_MOUNTS;
    const index = this.#nextIndex;
    this.#nextIndex = (index + 1) % MAX_MOUNTS;
    return index;
  }

  /** Gives the node for a mount point, made with those on the way to it if they are missing. */
  nodeFor(path: string): MountNode {
    let node = this.root;
    for (let start = 1; start < path.length;) {
      const end = nameEnd(path, start);
      const name = path.slice(start, end);
      let child = node.children.get(name);
      if (child === undefined) {
        child = new MountNode(path.slice(0, end), ++this.#lastId);
        node.children.set(name, child);
      }
      node = child;
      start = end + 1;
    }
    return node;
  }

  /** Hangs a tree into the table at its node. */
  add(tree: MountedTree): void {
    tree.node.tree = tree;
    this.#recent = undefined;
  }

  /** Takes a tree out, and the directories that led to it alone. */
  remove(path: string): MountedTree {
    const tree = this.mountedAt(path);
    if (tree === undefined) throw new VfsError("EINVAL", path);
    const way = [this.root];
    for (let start = 1; start < path.length;) {
      const end = nameEnd(path, start);
      way.push(way.at(-1)!.children.get(path.slice(start, end))!);
      start = end + 1;
    }
    tree.node.tree = tree.node === this.root ? this.base : undefined;
    for (let i = way.length - 1; i > 0; i--) {
      const node = way[i]!;
      if (node.tree !== undefined || node.children.size > 0) break;
      way[i - 1]!.children.delete(baseName(node.path));
    }
    this.#recent = undefined;
    return tree;
  }

  /** Every mounted tree, those above before those below. */
  list(): MountedTree[] {
    const trees: MountedTree[] = [];
    const nodes = [this.root];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      if (node.tree !== undefined && node.tree !== this.base) trees.push(node.tree);
      nodes.push(...[...node.children.values()].reverse());
    }
    return trees;
  }
}

/** Where the name that begins at `start` ends. */
function nameEnd(path: string, start: number): number {
  const slash = path.indexOf("/", start);
  return slash === -1 ? path.length : slash;
}
