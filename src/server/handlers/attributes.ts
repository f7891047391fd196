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
import { atPath, onPath } from "./_paths.ts";
import { plain } from "./_plain.ts";
import type { Handler } from "./handler.ts";

/** `lookup` and `getattr`: describes what a path names. Nothing there is no exception. */
export const getattr: Handler<FileInfo | undefined> = {
  run: /* @__PURE__ */ onPath((path, { provider, context }) => provider.lookup(path, context)),
  answer: answerInfo,
};

/** Answers with the attributes of what is there. */
export function answerInfo({ reply }: Exchange, info: FileInfo | undefined): void {
  if (info === undefined) reply.error(ERRNO.ENOENT);
  else reply.stat(info);
}

/** `setattr`: sets the permissions. */
export const setattr: Handler<FileInfo | undefined> = {
  run: /* @__PURE__ */ onPath((path, { provider, request, context }) =>
    andThen(
      provider.chmod(path, request.mode & S_PERM, context),
      () => provider.lookup(path, context),
    )
  ),
  answer: answerInfo,
};

/** `truncate`: sets the size, by path or, without one, by handle. */
export const truncate: Handler<unknown> = /* @__PURE__ */ plain((exchange: Exchange) => {
  const { path, off } = exchange.request;
  const size = checkRange(off, 0);
  return path === "" ? truncateHandle(exchange, size) : atPath(
    exchange,
    path,
    (clean, { provider, context }) => provider.truncate(clean, size, context),
  );
});

function truncateHandle({ session, request, context }: Exchange, size: number): Awaitable<void> {
  const file = session.handles.get(request.fh);
  if (!canWrite(file.flags)) throw new VfsError("EINVAL");
  return session.handles.hold(file, file.handle.truncate(size, context));
}
