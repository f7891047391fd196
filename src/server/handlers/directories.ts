import {
  type Awaitable,
  cleanPath,
  type DirEntry,
  type Handle,
  isDirectory,
  isPromiseLike,
  isRegularFile,
  joinPath,
  O_RDONLY,
  type OpContext,
  VfsError,
} from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";
import { atPath } from "./_paths.ts";
import { plainAtPath } from "./_plain.ts";
import type { Handler } from "./handler.ts";

/** The least that one entry takes in an answer, in bytes. */
const SMALLEST_ENTRY = 28;

/** `readdir`: lists a whole directory. Version 1 has no pages: what does not fit is EOVERFLOW. */
export const readdir: Handler<readonly DirEntry[]> = {
  run(exchange) {
    const listed = atPath(
      exchange,
      exchange.request.path,
      (path, { provider, context }) => provider.readDir(path, true, context),
    );
    return isPromiseLike(listed)
      ? listed.then((entries) => withSizes(exchange, entries))
      : withSizes(exchange, listed);
  },
  answer: ({ reply }, entries) => reply.entries(entries),
};

/** Version 1 tells the size of every entry: those that the listing did not describe are asked for. */
function withSizes(exchange: Exchange, entries: DirEntry[]): Awaitable<readonly DirEntry[]> {
  if (!Array.isArray(entries)) throw new TypeError("Cannot use the listing: it is not an array");
  if (entries.length * SMALLEST_ENTRY > exchange.session.limits.replyBytes) {
    throw new VfsError("EOVERFLOW", exchange.request.path);
  }
  return entries.every((entry) => entry.info !== undefined)
    ? entries
    : describeEach(exchange, entries);
}

async function describeEach(exchange: Exchange, entries: DirEntry[]): Promise<DirEntry[]> {
  const { provider, request, context } = exchange;
  const directory = cleanPath(request.path);
  const described: DirEntry[] = [];
  for (const entry of entries) {
    if (entry.info !== undefined) {
      described.push(entry);
      continue;
    }
    const path = joinPath(directory, entry.name);
    try {
      const info = await provider.lookup(path, context);
      // What went away since it was listed is not there any more.
      if (info !== undefined) described.push({ ...entry, info });
    } catch (error) {
      // Who may list a directory and not look at an entry gets its name, with a size of 0.
      if (!isDenied(error)) throw error;
      described.push(entry);
    }
  }
  return described;
}

function isDenied(error: unknown): boolean {
  return error instanceof VfsError && (error.code === "EACCES" || error.code === "EPERM");
}

/** `fsyncpath`: puts what a path names on stable storage, directories above all. */
export const fsyncpath: Handler<unknown> = /* @__PURE__ */ plainAtPath(
  (path, exchange: Exchange) => syncPath(path, exchange, (handle, c) => handle.sync(c)),
);

/** Puts what a path names on stable storage, in the way that is given. */
export async function syncPath(
  path: string,
  { provider, context }: Exchange,
  sync: (handle: Handle, context: OpContext) => Awaitable<void>,
): Promise<void> {
  const { mode } = await provider.stat(path, context);
  if (!isDirectory(mode) && !isRegularFile(mode)) throw new VfsError("EINVAL", path);
  const handle = isDirectory(mode)
    ? await provider.openDir(path, context)
    : await provider.open(path, O_RDONLY, 0, context);
  try {
    await sync(handle, context);
  } finally {
    await handle.close(context);
  }
}
