import { andThen, type Awaitable, type DirPageEntry, VfsError } from "../../../fs/mod.ts";
import { atPath } from "../../handlers/_paths.ts";
import type { Exchange2 } from "../exchange2.ts";
import type { Handler2 } from "./handler2.ts";

/** The most that one entry takes in an answer, in bytes: a name of 255, and attributes. */
const LARGEST_ENTRY = 420;

/** How many entries a page has at most. */
const MOST_ENTRIES = 1024;

/** How many entries of a directory are listed by its path: larger ones are read in pages. */
const MOST_WHOLE = 4096;

/** `readdir`: lists the next part of an open directory, or a whole one by its path. */
export const readdir: Handler2<DirPageEntry[]> = {
  run(exchange) {
    const { session, request, context } = exchange;
    if (request.path !== "") return listWhole(exchange);
    const file = session.handles.get(request.fh);
    if (typeof request.cursor !== "number") throw new VfsError("EINVAL", "cursor");
    const fitting = Math.floor((session.limits.replyBytes - 64) / LARGEST_ENTRY);
    const wanted = request.sz === 0 ? MOST_ENTRIES : request.sz;
    const limit = Math.min(wanted, MOST_ENTRIES, fitting);
    return session.handles.hold(
      file,
      file.handle.readDir(request.cursor, limit, request.plus, context),
    );
  },
  answer({ reply }, page) {
    if (!Array.isArray(page)) throw new TypeError("Cannot use the page: it is not an array");
    reply.page(page);
  },
};

/** The reply itself sees to it that a listing that is too large is EOVERFLOW. */
function listWhole(exchange: Exchange2): Awaitable<DirPageEntry[]> {
  const { provider, request, context } = exchange;
  const listed = atPath(
    exchange,
    request.path,
    (path) => provider.readDir(path, request.plus, context),
  );
  return andThen(listed, (entries) => {
    if (entries.length > MOST_WHOLE) throw new VfsError("EOVERFLOW", request.path);
    return entries.map((entry) => ({ ...entry, cursor: 0 }));
  });
}
