import { type DirPageEntry, VfsError } from "../../../fs/mod.ts";
import type { Handler2 } from "./handler2.ts";

/** The most that one entry takes in an answer, in bytes: a name of 255, and attributes. */
const LARGEST_ENTRY = 420;

/** How many entries a page has at most. */
const MOST_ENTRIES = 1024;

/** `readdir`: lists the next part of an open directory. */
export const readdir: Handler2<DirPageEntry[]> = {
  run({ session, request, context }) {
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
