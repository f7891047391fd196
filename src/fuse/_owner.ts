import {
  andThen,
  type Awaitable,
  type FileInfo,
  isDirectory,
  S_ISGID,
  S_PERM,
  VfsError,
} from "../fs/mod.ts";
import type { Core } from "./_core.ts";
import type { Node } from "./_node.ts";
import { recover } from "./_recover.ts";
import type { Request } from "./_request.ts";

/** What a provider says that may not, or cannot, change owners. */
const CANNOT: ReadonlySet<string> = new Set(["EPERM", "EROFS", "ENOSYS", "EOPNOTSUPP"]);

/**
 * Makes something new belong to whoever made it, as every filesystem does: to the caller and the
 * caller's group, or to the group of a directory with the set-group-id bit, which directories made
 * in it inherit. Providers that know the caller have done so already.
 *
 * @param info What the provider says of the new file.
 * @returns What it says at the end.
 */
export function settleOwner(
  core: Core,
  request: Request,
  parent: Node,
  path: string,
  info: FileInfo,
): Awaitable<FileInfo> {
  if (core.options.owner !== "caller") return info;
  const inherits = (parent.info.mode & S_ISGID) !== 0;
  const gid = inherits ? parent.info.gid : request.gid;
  const mode = inherits && isDirectory(info.mode) ? info.mode | S_ISGID : info.mode;
  if (info.uid === request.uid && info.gid === gid && info.mode === mode) return info;
  const { provider } = core;
  const changed = recover(() =>
    andThen(provider.chown(path, request.uid, gid, request), () => {
      // A change of owner may have cleared bits of the mode.
      const bits = mode & S_PERM;
      if (bits > 0o777) return provider.chmod(path, bits, request);
    }), accept);
  return andThen(changed, () => provider.stat(path, request));
}

function accept(error: unknown): void {
  if (!(error instanceof VfsError && CANNOT.has(error.code))) throw error;
}
