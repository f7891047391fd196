import type { Provider } from "../fs/mod.ts";
import { ReadonlyProvider } from "./_readonly_provider.ts";

/**
 * Shows a tree of files in which nothing can be changed, as a read-only mount does.
 *
 * Every change fails with EROFS, unless Linux would find something else to say first: a name that
 * is missing (ENOENT), one that is there already (EEXIST), a directory opened for writing (EISDIR).
 * Files are opened for reading whatever else was asked for is refused, locks work, `statfs` says
 * read-only, and reading a file leaves its access time alone.
 *
 * @param provider The tree; others who have it can go on changing it.
 * @returns The same tree, read-only.
 *
 * @example
 * ```ts
 * import { MemoryProvider, readonly, toVfsError } from "@vfs/server/core";
 *
 * const files = readonly(MemoryProvider.from({ "motd": "hello" }));
 * try {
 *   await files.unlink("/motd");
 * } catch (error) {
 *   console.log(toVfsError(error).message); // "EROFS: read-only file system: /motd"
 * }
 * ```
 */
export function readonly(provider: Provider): Provider {
  return new ReadonlyProvider(provider);
}
