import { andThen, type Awaitable, isPromiseLike } from "./awaitable.ts";
import type { OpContext } from "./context.ts";
import { VfsError } from "./error.ts";
import { isDirectory } from "./mode.ts";
import { joinPath, splitPath } from "./path.ts";
import type { Provider } from "./provider.ts";

/** Makes a directory and those above it that are missing, one `mkdir` each. */
export function mkdirEach(
  provider: Provider,
  path: string,
  mode: number,
  context: OpContext | undefined,
): Awaitable<void> {
  const names = splitPath(path);
  const makeFrom = (directory: string, depth: number): Awaitable<void> => {
    for (; depth < names.length; depth++) {
      directory = joinPath(directory, names[depth]!);
      const made = ensureDirectory(provider, directory, mode, context);
      if (isPromiseLike(made)) return made.then(() => makeFrom(directory, depth + 1));
    }
  };
  return makeFrom("/", 0);
}

function ensureDirectory(
  provider: Provider,
  path: string,
  mode: number,
  context: OpContext | undefined,
): Awaitable<void> {
  return andThen(provider.lookup(path, context), (info) => {
    if (info === undefined) return provider.mkdir(path, mode, context);
    if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", path);
  });
}

/**
 * Removes a tree from the bottom up. It keeps its own stack, so that no depth of directories can
 * overflow the machine's, and it always promises: a tree is more work than one turn of the loop.
 */
export async function removeTree(
  provider: Provider,
  path: string,
  context: OpContext | undefined,
): Promise<void> {
  const info = await provider.lookup(path, context);
  if (info === undefined) return;
  if (!isDirectory(info.mode)) return await provider.unlink(path, context);
  const directories = [path];
  // Parents come before their children in the list, so it is emptied from its end.
  for (let i = 0; i < directories.length; i++) {
    const directory = directories[i]!;
    for (const entry of await provider.readDir(directory, false, context)) {
      const child = joinPath(directory, entry.name);
      if (isDirectory(entry.mode)) directories.push(child);
      else await provider.unlink(child, context);
    }
  }
  for (const directory of directories.reverse()) {
    if (directory !== "/") await provider.rmdir(directory, context);
  }
}
