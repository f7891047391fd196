import {
  baseName,
  type Change,
  isDirectory,
  isWatchable,
  parentPath,
  VfsError,
} from "../fs/mod.ts";
import { call, throwIfAborted } from "./_call.ts";
import { followExisting, type PathLike, pathText, type Tree } from "./_tree.ts";

/** Options of `watch`. */
export interface WatchOptions {
  /** Whether to tell of what happens further below, too. */
  readonly recursive?: boolean | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
  /** How many events may wait to be taken; when there are more, the oldest go. Default 2048. */
  readonly maxQueue?: number | undefined;
}

/** Something that happened to what is watched. */
export interface WatchEvent {
  /** `rename`: a name came, went or stands for something else; `change`: content or attributes. */
  readonly eventType: "rename" | "change";
  /** What it happened to, relative to what is watched; `null` if it may be anything. */
  readonly filename: string | null;
}

export async function* watch(
  tree: Tree,
  path: PathLike,
  options: WatchOptions = {},
): AsyncGenerator<WatchEvent> {
  const text = pathText(path);
  const { signal, maxQueue = 2048 } = options;
  throwIfAborted(signal);
  const top = await call("watch", text, () => followExisting(tree, text));
  const { provider } = tree;
  if (!isWatchable(provider)) {
    return await call("watch", text, () => {
      throw new VfsError("ENOSYS", text);
    });
  }
  const events: WatchEvent[] = [];
  let wake = (): void => {};
  const stop = provider.watch(top.path, (change) => {
    const event = eventOf(change, top.path, isDirectory(top.info.mode), options.recursive === true);
    if (event === undefined) return;
    if (events.length >= maxQueue) events.shift();
    events.push(event);
    wake();
  });
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    for (;;) {
      throwIfAborted(signal);
      const event = events.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop();
  }
}

/** What a change means to somebody who watches `top`, if anything. */
function eventOf(
  change: Change,
  top: string,
  isTopDirectory: boolean,
  recursive: boolean,
): WatchEvent | undefined {
  if (change.kind === "tree") return { eventType: "rename", filename: null };
  const eventType = change.kind === "entry" ? "rename" : "change";
  if (change.path === top) return { eventType, filename: baseName(top) };
  if (!isTopDirectory || (!recursive && parentPath(change.path) !== top)) return undefined;
  return { eventType, filename: change.path.slice(top === "/" ? 1 : top.length + 1) };
}
