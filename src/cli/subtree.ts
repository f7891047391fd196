import { type Change, isWatchable, type Provider } from "../fs/mod.ts";

/** Which arguments of a provider's operations are paths; of all others it is the first. */
const PATHS: Readonly<Record<string, readonly number[]>> = {
  link: [0, 1],
  rename: [0, 1],
  symlink: [1],
};

/**
 * Shows a directory of a tree as a tree of its own. Nothing above it has a name there.
 *
 * @param tree The tree.
 * @param root The directory, a clean path.
 */
export function subtree(tree: Provider, root: string): Provider {
  if (root === "/") return tree;
  const below = (path: unknown) => path === "/" ? root : `${root}${path}`;
  return new Proxy(tree, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function" || typeof name === "symbol") return value;
      if (name === "watch") return watchBelow(tree, root);
      const paths = PATHS[name] ?? [0];
      return (...args: unknown[]) => {
        for (const i of paths) args[i] = below(args[i]);
        return value.apply(target, args);
      };
    },
  });
}

/** Changes above the directory concern all of it. */
function watchBelow(tree: Provider, root: string) {
  return (path: string, listener: (change: Change) => void): () => void => {
    if (!isWatchable(tree)) throw new TypeError("Cannot watch a tree that tells of nothing");
    return tree.watch(path === "/" ? root : `${root}${path}`, (change) => {
      const { path } = change;
      if (path === root) listener({ ...change, path: "/" });
      else if (path.startsWith(`${root}/`)) listener({ ...change, path: path.slice(root.length) });
      else listener({ kind: "tree", path: "/" });
    });
  };
}
