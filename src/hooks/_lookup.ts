import { andThen, type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import type { FileInfo } from "../fs/info.ts";
import { EFFECTS } from "./_effects.ts";
import { type Guard, isConcerned } from "./_guard.ts";

/** Looks something up, as far as it is to be seen. */
export function lookupVisible(
  guard: Guard,
  path: string,
  context: OpContext | undefined,
): Awaitable<FileInfo | undefined> {
  const table = guard.core.table("stat");
  if (table === undefined) return guard.inner.lookup(path, context);
  if (table.listening || isConcerned(table, path)) return lookupJudged(guard, path, context);
  const found = guard.inner.lookup(path, context);
  if (!table.identity) return found;
  // The answer itself tells whether the file can have a name that is protected.
  const look = (info: FileInfo | undefined) =>
    info !== undefined && guard.mayHaveOtherNames(info) ? lookupJudged(guard, path, context) : info;
  return andThen(found, look);
}

function lookupJudged(
  guard: Guard,
  path: string,
  context: OpContext | undefined,
): Awaitable<FileInfo | undefined> {
  const o = guard.operation(guard.core.table("stat")!, "stat", path, context);
  const lookup = () =>
    andThen(guard.inner.lookup(o.path, context), (info) => {
      if (info === undefined) o.miss();
      return info;
    });
  let found: Awaitable<FileInfo | undefined>;
  try {
    found = guard.run(o, EFFECTS.stat, lookup);
  } catch (error) {
    return undefinedForMissing(error);
  }
  return isPromiseLike(found) ? found.then(undefined, undefinedForMissing) : found;
}

function undefinedForMissing(error: unknown): undefined {
  if (error instanceof VfsError && error.code === "ENOENT") return undefined;
  throw error;
}
