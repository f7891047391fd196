import { checkName, joinPath, VfsError } from "../../fs/mod.ts";
import type { MemoryProvider } from "./memory_provider.ts";
import { MemoryNode, type MemoryNodeAttributes, type MemoryTree } from "./tree.ts";

/** Puts a tree into an empty filesystem. */
export function build(provider: MemoryProvider, tree: MemoryTree): void {
  const directories: [path: string, tree: MemoryTree][] = [["/", tree]];
  const described: [path: string, attributes: MemoryNodeAttributes][] = [];
  for (const [parent, tree] of directories) {
    for (const [key, value] of Object.entries(tree)) {
      const path = place(provider, parent, key);
      const { content, attributes } = describe(value);
      if ("tree" in content) {
        provider.mkdirAll(path, 0o755);
        directories.push([path, content.tree]);
      } else if (provider.lookup(path) !== undefined) {
        throw new VfsError("EEXIST", path);
      } else if ("data" in content) {
        provider.writeFile(path, content.data);
      } else {
        provider.symlink(content.target, path);
      }
      described.push([path, attributes]);
    }
  }
  // From the bottom up, once everything is there: what is made in a directory changes its times.
  for (const [path, attributes] of described.reverse()) apply(provider, path, attributes);
}

/** The path of a key, whose directories are made if they are missing. */
function place(provider: MemoryProvider, parent: string, key: string): string {
  const names = key.split("/");
  let path = parent;
  for (const name of names) {
    checkName(name);
    if (path !== parent) provider.mkdirAll(path, 0o755);
    path = joinPath(path, name);
  }
  return path;
}

function describe(value: MemoryTree[string]): MemoryNode {
  if (value instanceof MemoryNode) return value;
  const isData = typeof value === "string" || value instanceof Uint8Array;
  return new MemoryNode(isData ? { data: value } : { tree: value }, {});
}

function apply(provider: MemoryProvider, path: string, attributes: MemoryNodeAttributes): void {
  const { mode, uid, gid, atime, mtime, xattrs } = attributes;
  for (const [name, value] of Object.entries(xattrs ?? {})) {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    provider.setxattr(path, name, bytes);
  }
  if (uid !== undefined || gid !== undefined) provider.chown(path, uid ?? -1, gid ?? -1);
  if (mode !== undefined) provider.chmod(path, mode);
  if (atime !== undefined || mtime !== undefined) {
    provider.utimes(path, atime ?? "omit", mtime ?? "omit");
  }
}
