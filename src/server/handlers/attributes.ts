import {
  andThen,
  type Awaitable,
  canWrite,
  ERRNO,
  type FileInfo,
  S_PERM,
  VfsError,
} from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";
import { checkRange } from "./_check.ts";
import { atPath } from "./_paths.ts";
import type { Handler } from "./handler.ts";

/** `lookup` and `getattr`: describes what a path names. Nothing there is no exception. */
export const getattr: Handler<FileInfo | undefined> = {
  run: (exchange) => atPath(exchange, exchange.request.path, lookup),
  answer(exchange, info) {
    if (info === undefined) exchange.reply.error(ERRNO.ENOENT);
    else exchange.reply.stat(info);
  },
};

/** `setattr`: sets the permissions. */
export const setattr: Handler<FileInfo | undefined> = {
  run: (exchange) =>
    atPath(exchange, exchange.request.path, (path, { provider, request, context }) =>
      andThen(
        provider.chmod(path, request.mode & S_PERM, context),
        () => provider.lookup(path, context),
      )),
  answer: getattr.answer,
};

/** `truncate`: sets the size, by path or, without one, by handle. */
export const truncate: Handler<void> = {
  run(exchange) {
    const { path, off } = exchange.request;
    const size = checkRange(off, 0);
    return path === "" ? truncateHandle(exchange, size) : atPath(
      exchange,
      path,
      (clean, { provider, context }) => provider.truncate(clean, size, context),
    );
  },
  answer: ({ reply }) => reply.ok(),
};

function lookup(path: string, { provider, context }: Exchange): Awaitable<FileInfo | undefined> {
  return provider.lookup(path, context);
}

function truncateHandle({ session, request, context }: Exchange, size: number): Awaitable<void> {
  const file = session.handles.get(request.fh);
  if (!canWrite(file.flags)) throw new VfsError("EINVAL");
  return session.handles.hold(file, file.handle.truncate(size, context));
}
