import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { DirEntry, FileInfo } from "../fs/info.ts";
import type { Provider } from "../fs/provider.ts";

/** Describes what a name in the directory stands for now. */
export type DescribeChild = (
  name: string,
  context: OpContext | undefined,
) => Awaitable<FileInfo | undefined>;

/** Describes what leads to a mount; it is listed even where the mount is out of order. */
export function describeMount(
  router: Provider,
  skeleton: Provider,
  path: string,
  context: OpContext | undefined,
): Awaitable<FileInfo | undefined> {
  const fallback = () => skeleton.lookup(path);
  try {
    const info = router.lookup(path, context);
    return isPromiseLike(info) ? info.then(undefined, fallback) : info;
  } catch {
    return fallback();
  }
}

/** Describes several names of a directory; what is no longer there is `undefined`. */
export function describeEach(
  names: readonly string[],
  describe: DescribeChild,
  plus: boolean,
  context: OpContext | undefined,
): Awaitable<(DirEntry | undefined)[]> {
  const infos = names.map((name) => describe(name, context));
  const entries = (all: (FileInfo | undefined)[]): (DirEntry | undefined)[] =>
    all.map((info, i) => info && toEntry(names[i]!, info, plus));
  return infos.some(isPromiseLike)
    ? Promise.all(infos).then(entries)
    : entries(infos as (FileInfo | undefined)[]);
}

function toEntry(name: string, info: FileInfo, plus: boolean): DirEntry {
  const entry: DirEntry = { name, ino: info.ino, mode: info.mode };
  return plus ? { ...entry, info } : entry;
}
