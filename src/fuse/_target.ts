import { andThen, type Awaitable, type FileInfo, type Handle, VfsError } from "../fs/mod.ts";
import type { Core } from "./_core.ts";
import type { Node } from "./_node.ts";
import type { OpenFile } from "./_open_file.ts";
import type { Request } from "./_request.ts";

/**
 * Does something to an inode: by its path while it has one, otherwise through something that is
 * open of it.
 *
 * @throws {VfsError} ENOENT if there is neither.
 */
export function onNode(
  core: Core,
  node: Node,
  byPath: (path: string) => Awaitable<void>,
  byHandle: (handle: Handle) => Awaitable<void>,
): Awaitable<void> {
  const path = core.nodes.path(node);
  if (path !== undefined) return byPath(path);
  const file = node.files?.[0];
  if (file === undefined) throw new VfsError("ENOENT");
  return file.run(() => byHandle(file.handle));
}

/** Asks for the attributes of a node, through an open file if one is given. */
export function statNode(
  core: Core,
  request: Request,
  node: Node,
  given?: OpenFile,
): Awaitable<FileInfo> {
  const path = given === undefined ? core.nodes.path(node) : undefined;
  if (path !== undefined) {
    return andThen(core.provider.stat(path, request), (info) => {
      // Something else may have taken the place of what the kernel means.
      if (info.ino !== node.info.ino && node !== core.nodes.root) throw new VfsError("ESTALE");
      return info;
    });
  }
  const file = given ?? node.files?.[0];
  if (file !== undefined) return file.run(() => file.handle.stat(request));
  // Unlinked, and held by nothing but a working directory or the like: as it was, without a name.
  return { ...node.info, nlink: 0 };
}
