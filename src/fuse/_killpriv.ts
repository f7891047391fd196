import { andThen, type Awaitable, isDirectory, S_ISGID, S_ISUID, S_PERM } from "../fs/mod.ts";
import type { Core } from "./_core.ts";
import type { Node } from "./_node.ts";
import type { Request } from "./_request.ts";
import { onNode, statNode } from "./_target.ts";

/** The set-id bits that a change of the content or the owner takes away. */
function privilegesOf(mode: number): number {
  if (isDirectory(mode)) return 0;
  // Without execution for the group, the set-group-id bit says something else.
  return (mode & S_ISUID) | ((mode & 0o010) !== 0 ? mode & S_ISGID : 0);
}

/**
 * Clears the set-id bits of a file, which the kernel leaves to us (HANDLE_KILLPRIV_V2). It would
 * otherwise ask for the file's capabilities before every single write.
 */
export function dropPrivileges(core: Core, request: Request, node: Node): Awaitable<void> {
  if (privilegesOf(node.info.mode) === 0) return;
  return andThen(statNode(core, request, node), (info) => {
    const gone = privilegesOf(info.mode);
    const kept = info.mode & S_PERM & ~gone;
    node.info = { ...info, mode: info.mode & ~gone };
    if (gone === 0) return;
    return onNode(
      core,
      node,
      (path) => core.provider.chmod(path, kept, request),
      (handle) => handle.chmod(kept, request),
    );
  });
}

/** The same where the kernel does not say whether it must be: root alone may keep the bits. */
export function dropPrivilegesByOther(core: Core, request: Request, node: Node): Awaitable<void> {
  if (request.uid !== 0) return dropPrivileges(core, request, node);
}
