import {
  andThen,
  type Awaitable,
  canRead,
  canWrite,
  cleanPath,
  type FileInfo,
  type Handle,
  isPromiseLike,
  O_CREAT,
  O_RDWR,
  O_TRUNC,
  S_PERM,
  VfsError,
} from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";
import { checkCount, checkOpenFlags, checkRange } from "./_check.ts";
import { atPath } from "./_paths.ts";
import { plain } from "./_plain.ts";
import type { Handler } from "./handler.ts";

/** `open`: opens what a path names. */
export const open: Handler<Handle> = {
  run(exchange) {
    const { request, session } = exchange;
    request.flags = checkOpenFlags(request.flags);
    session.handles.admit();
    const missing = (request.flags & O_CREAT) === 0 ? undefined : "EISDIR";
    return atPath(exchange, request.path, openAt, missing);
  },
  answer({ session, request, reply }, handle) {
    reply.handle(session.handles.add(handle, request.flags, cleanPath(request.path)));
  },
};

function openAt(path: string, { provider, request, context }: Exchange): Awaitable<Handle> {
  return provider.open(path, request.flags, request.mode & S_PERM, context);
}

/** What `create` has to tell. */
interface Created {
  readonly fh: number;
  readonly info: FileInfo;
}

/** `create`: opens for reading and writing, makes what is missing and empties what is not. */
export const create: Handler<Created> = {
  run(exchange) {
    exchange.session.handles.admit();
    return andThen(
      atPath(exchange, exchange.request.path, createAt, "EISDIR"),
      (handle) => describeCreated(exchange, handle),
    );
  },
  answer(exchange, { fh, info }) {
    try {
      exchange.reply.stat(info, fh);
    } catch (error) {
      throw giveUp(exchange, fh, error);
    }
  },
};

function createAt(path: string, { provider, request, context }: Exchange): Awaitable<Handle> {
  return provider.create(path, request.mode & S_PERM, context);
}

function describeCreated(exchange: Exchange, handle: Handle): Awaitable<Created> {
  const { handles } = exchange.session;
  const path = cleanPath(exchange.request.path);
  const fh = handles.add(handle, O_RDWR | O_CREAT | O_TRUNC, path);
  try {
    const info = handles.hold(handles.get(fh), handle.stat(exchange.context));
    if (!isPromiseLike(info)) return { fh, info };
    return info.then((info) => ({ fh, info }), (error) => {
      throw giveUp(exchange, fh, error);
    });
  } catch (error) {
    throw giveUp(exchange, fh, error);
  }
}

/** Closes a handle whose number the peer will never learn; the first error is the answer. */
function giveUp({ session }: Exchange, fh: number, error: unknown): unknown {
  session.handles.discard(fh);
  return error;
}

/** `read`: reads right into the outgoing frame. */
export const read: Handler<number> = {
  run(exchange) {
    const { session, request, reply, context } = exchange;
    const file = session.handles.get(request.fh);
    if (!canRead(file.flags)) throw new VfsError("EBADF");
    const size = readSize(exchange);
    const offset = checkRange(request.off, size);
    if (size === 0) return 0;
    return session.handles.hold(file, file.handle.readAt(reply.hole(size), offset, context));
  },
  answer(exchange, count) {
    exchange.reply.data(checkCount(count, readSize(exchange)));
  },
};

function readSize({ request, session }: Exchange): number {
  return Math.min(request.sz, session.limits.readBytes);
}

/** `write`: writes right out of the incoming frame. */
export const write: Handler<number> = {
  run({ session, request, context }) {
    const file = session.handles.get(request.fh);
    if (!canWrite(file.flags)) throw new VfsError("EBADF");
    const { data } = request;
    const offset = checkRange(request.off, data.length);
    return session.handles.hold(file, file.handle.writeAt(data, offset, context));
  },
  answer({ request, reply }, count) {
    reply.written(checkCount(count, request.data.length));
  },
};

/** `fsync`: puts a file on stable storage. */
export const fsync: Handler<unknown> = /* @__PURE__ */ plain(
  ({ session, request, context }: Exchange) => {
    const file = session.handles.get(request.fh);
    return session.handles.hold(file, file.handle.sync(context));
  },
);

/** `release`: closes a handle. One that is closed already is fine. */
export const release: Handler<unknown> = /* @__PURE__ */ plain(
  ({ session, request }: Exchange) => session.handles.release(request.fh),
);
