import { isWithin } from "../fs/path.ts";
import { type Change, isWatchable } from "../fs/watch.ts";
import type { MountTable } from "./_router_table.ts";
import type { MountedTree } from "./_router_tree.ts";

/** Somebody who wants to know what changes, and what the mounts were asked for on his behalf. */
interface Watcher {
  readonly path: string;
  readonly listener: (change: Change) => void;
  readonly stops: Map<MountedTree, () => void>;
}

/** Follows the mounts that report changes, those that come later as well. */
export class MountWatch {
  readonly #table: MountTable;
  readonly #watchers = new Set<Watcher>();

  constructor(table: MountTable) {
    this.#table = table;
  }

  /** Whether there is a mount that reports changes. */
  get isPossible(): boolean {
    return this.#table.list().some(({ provider }) => isWatchable(provider));
  }

  /** Tells of changes at a path and below it, until the returned function is called. */
  watch(path: string, listener: (change: Change) => void): () => void {
    const watcher: Watcher = { path, listener, stops: new Map() };
    this.#watchers.add(watcher);
    for (const tree of this.#table.list()) this.#follow(tree, watcher);
    return () => {
      this.#watchers.delete(watcher);
      for (const stop of watcher.stops.values()) stop();
      watcher.stops.clear();
    };
  }

  #follow(tree: MountedTree, watcher: Watcher): void {
    const { path, listener, stops } = watcher;
    const isAbove = tree.covers(path);
    if (!isAbove && !isWithin(tree.node.path, path)) return;
    let isOver = false;
    const stop = tree.watch(isAbove ? path : tree.node.path, (change) => {
      // What another mount lies upon is not to be seen.
      if (!isOver && this.#table.find(change.path) === tree) listener(change);
    });
    if (stop === undefined) return;
    stops.set(tree, () => {
      isOver = true;
      stop();
    });
  }

  /** A tree was mounted: what was there is hidden. */
  mounted(tree: MountedTree): void {
    for (const watcher of this.#watchers) {
      this.#follow(tree, watcher);
      tell(watcher, tree);
    }
  }

  /** A tree was unmounted: what it hid is to be seen. */
  unmounted(tree: MountedTree): void {
    for (const watcher of this.#watchers) {
      watcher.stops.get(tree)?.();
      watcher.stops.delete(tree);
      tell(watcher, tree);
    }
  }
}

function tell({ path, listener }: Watcher, { node }: MountedTree): void {
  if (!isWithin(node.path, path) && !isWithin(path, node.path)) return;
  listener({ kind: "tree", path: node.path });
}
