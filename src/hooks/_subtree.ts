import type { DirEntry } from "../fs/info.ts";
import { isDirectory } from "../fs/mode.ts";
import { joinPath } from "../fs/path.ts";
import type { Provider } from "../fs/provider.ts";
import { type Task, wait } from "./_task.ts";

/** After how many names other work gets its turn. */
const BREATH = 4096;

/**
 * Goes through everything below a directory, past all hooks and without recursion.
 *
 * @param enter Whether to look into a directory.
 * @param visit Is shown every name; ends it all by returning false.
 */
export function* listBelow(
  provider: Provider,
  directory: string,
  enter: (path: string) => boolean,
  visit: (path: string, isDirectory: boolean) => Task<boolean>,
): Task<void> {
  if (!enter(directory)) return;
  const directories = [directory];
  let seen = 0;
  for (let at = directories.pop(); at !== undefined; at = directories.pop()) {
    for (const entry of yield* list(provider, at)) {
      const path = joinPath(at, entry.name);
      const isDir = isDirectory(entry.mode);
      if (!(yield* visit(path, isDir))) return;
      if (isDir && enter(path)) directories.push(path);
      if (++seen % BREATH === 0) yield new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

/** What cannot be listed has nothing in it that anybody could reach. */
function* list(provider: Provider, directory: string): Task<DirEntry[]> {
  try {
    return yield* wait(provider.readDir(directory));
  } catch {
    return [];
  }
}
