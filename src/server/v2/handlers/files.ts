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
  O_TMPFILE,
  O_TRUNC,
  type OpContext,
  S_PERM,
  VfsError,
} from "../../../fs/mod.ts";
import { checkCount, checkOpenFlags, checkRange } from "../../handlers/_check.ts";
import { read as read1 } from "../../handlers/files.ts";
import { syncPath } from "../../handlers/directories.ts";
import { atPath } from "../../handlers/_paths.ts";
import { plain } from "../../handlers/_plain.ts";
import type { Exchange2 } from "../exchange2.ts";
import type { Handler2 } from "./handler2.ts";

/** What was opened, and what there is to tell of it. */
interface Opened {
  readonly handle: Handle;
  readonly flags: number;
  readonly info: FileInfo | undefined;
}

/** A handler that opens something, takes it into the table, and describes it if asked to. */
/* @__NO_SIDE_EFFECTS__ */
function opening(
  flagsOf: (exchange: Exchange2) => number,
  open: (exchange: Exchange2, path: string, flags: number) => Awaitable<Handle>,
): Handler2<Opened> {
  return {
    run(exchange) {
      const flags = flagsOf(exchange);
      exchange.session.handles.admit();
      const handle = atPath(
        exchange,
        exchange.request.path,
        (path) => open(exchange, path, flags),
        (flags & O_CREAT) === 0 ? undefined : "EISDIR",
      );
      return andThen(handle, (handle) => describe(exchange, handle, flags));
    },
    answer({ session, request, reply }, { handle, flags, info }) {
      const fh = session.handles.add(handle, flags, cleanPath(request.path));
      try {
        reply.stat(info, fh);
      } catch (error) {
        session.handles.discard(fh);
        throw error;
      }
    },
    drop: ({ session }, { handle }) => session.discard(handle),
  };
}

function describe(exchange: Exchange2, handle: Handle, flags: number): Awaitable<Opened> {
  if (!exchange.request.plus) return { handle, flags, info: undefined };
  const giveUp = (error: unknown): never => {
    exchange.session.discard(handle);
    throw error;
  };
  try {
    const info = handle.stat(exchange.context);
    if (!isPromiseLike(info)) return { handle, flags, info };
    return info.then((info) => ({ handle, flags, info }), giveUp);
  } catch (error) {
    return giveUp(error);
  }
}

/** `open`: opens what a path names. */
export const open: Handler2<Opened> = opening(
  ({ request }) => openFlags(request.flags),
  ({ provider, request, context }, path, flags) =>
    provider.open(path, flags, request.mode & S_PERM, context),
);

/** Beside the flags of version 1 there is O_TMPFILE, which its guests never send. */
function openFlags(flags: number): number {
  if ((flags & O_TMPFILE) !== O_TMPFILE) return checkOpenFlags(flags);
  if ((flags & O_CREAT) !== 0 || !canWrite(flags)) throw new VfsError("EINVAL", "O_TMPFILE");
  return checkOpenFlags(flags & ~O_TMPFILE) | O_TMPFILE;
}

/** `create`: opens for reading and writing, makes what is missing and empties what is not. */
export const create: Handler2<Opened> = opening(
  () => O_RDWR | O_CREAT | O_TRUNC,
  ({ provider, request, context }, path) => provider.create(path, request.mode & S_PERM, context),
);

/** `opendir`: opens a directory to be listed in pages. */
export const opendir: Handler2<Opened> = opening(
  () => 0,
  ({ provider, context }, path) => provider.openDir(path, context),
);

/** `read`: reads right into the outgoing frame. */
export const read: Handler2<number> = {
  run(exchange) {
    const { request, session } = exchange;
    if (request.sz > session.limits.readBytes) throw new VfsError("EINVAL", `sz ${request.sz}`);
    return read1.run(exchange);
  },
  answer: (exchange, count) => read1.answer(exchange, count),
};

/** `datasync`: puts the data of a file on stable storage, by handle or by path. */
export const datasync: Handler2<unknown> = syncing((handle, context) => handle.datasync(context));

/** `fsync`: puts a file on stable storage, by handle or by path. */
export const fsync: Handler2<unknown> = syncing((handle, context) => handle.sync(context));

/* @__NO_SIDE_EFFECTS__ */
function syncing(
  sync: (handle: Handle, context: OpContext) => Awaitable<void>,
): Handler2<unknown> {
  return plain((exchange: Exchange2) => {
    const { session, request, context } = exchange;
    if (request.path !== "") {
      return atPath(exchange, request.path, (path) => syncPath(path, exchange, sync));
    }
    const file = session.handles.get(request.fh);
    return session.handles.hold(file, sync(file.handle, context));
  });
}

/** `allocate`: reserves, frees, zeroes or moves a range. */
export const allocate: Handler2<unknown> = /* @__PURE__ */ plain(
  ({ session, request, context }: Exchange2) => {
    const file = session.handles.get(request.fh);
    if (!canWrite(file.flags)) throw new VfsError("EBADF");
    const length = checkRange(request.len, 0);
    if (length === 0) throw new VfsError("EINVAL", "len 0");
    const offset = checkRange(request.off, length);
    return session.handles.hold(
      file,
      file.handle.allocate(request.mode, offset, length, context),
    );
  },
);

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** `seek`: finds data or a hole. */
export const seek: Handler2<number> = {
  run({ session, request, context }) {
    const file = session.handles.get(request.fh);
    const offset = checkRange(request.off, 0);
    const { handle } = file;
    if (request.whence === SEEK_DATA) {
      return session.handles.hold(file, handle.seekData(offset, context));
    }
    if (request.whence !== SEEK_HOLE) throw new VfsError("EINVAL", `whence ${request.whence}`);
    return session.handles.hold(file, handle.seekHole(offset, context));
  },
  answer: ({ reply }, offset) => reply.offset(checkCount(offset, Number.MAX_SAFE_INTEGER)),
};

/** `copyrange`: copies from one open file into another. */
export const copyrange: Handler2<number> = {
  run({ session, request, context }) {
    const { handles } = session;
    const source = handles.get(request.fh);
    const target = handles.get(request.fh2);
    if (!canRead(source.flags) || !canWrite(target.flags)) throw new VfsError("EBADF");
    const length = checkRange(request.len, 0);
    const [from, to] = [checkRange(request.off, 0), checkRange(request.off2, 0)];
    // The end may lie beyond what numbers hold: nothing is there to be copied.
    const most = Math.min(length, Number.MAX_SAFE_INTEGER - Math.max(from, to));
    const copied = source.handle.copyRange(from, target.handle, to, most, context);
    return handles.hold(source, handles.hold(target, copied));
  },
  answer({ request, reply }, count) {
    reply.written(checkCount(count, request.len as number));
  },
};
