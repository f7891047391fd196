import {
  andThen,
  type Awaitable,
  canWrite,
  type FileInfo,
  type Handle,
  isPromiseLike,
  type OpContext,
  S_PERM,
  type TimeChange,
  VfsError,
} from "../../../fs/mod.ts";
import type { WireRequest2, WireTime } from "../../../protocol/mod.ts";
import { checkRange } from "../../handlers/_check.ts";
import { answerInfo as answerLookup, getattr as lookup } from "../../handlers/attributes.ts";
import { atPath } from "../../handlers/_paths.ts";
import type { Exchange2 } from "../exchange2.ts";
import { answerInfo } from "./_described.ts";
import type { Handler2 } from "./handler2.ts";

const SET_MODE = 1;
const SET_UID = 2;
const SET_GID = 4;
const SET_SIZE = 8;
const SET_ATIME = 16;
const SET_MTIME = 32;
const ATIME_NOW = 64;
const MTIME_NOW = 128;
const EVERYTHING = 255;

/** `getattr`: describes what a path names, or an open file. */
export const getattr: Handler2<FileInfo | undefined> = {
  run(exchange) {
    if (exchange.request.path !== "") return lookup.run(exchange);
    const { session, request, context } = exchange;
    const file = session.handles.get(request.fh);
    return session.handles.hold(file, file.handle.stat(context));
  },
  answer: answerLookup,
};

/** `setattr`: sets what the mask says, of what a path names or of an open file. */
export const setattr: Handler2<FileInfo | undefined> = {
  run(exchange) {
    const { session, request } = exchange;
    if ((request.mask & ~EVERYTHING) !== 0) throw new VfsError("EINVAL", `mask ${request.mask}`);
    if (request.path !== "") {
      return atPath(exchange, request.path, (path) => change(exchange, pathTarget(exchange, path)));
    }
    const file = session.handles.get(request.fh);
    if ((request.mask & SET_SIZE) !== 0 && !canWrite(file.flags)) throw new VfsError("EINVAL");
    return session.handles.hold(file, change(exchange, file.handle));
  },
  answer: answerInfo,
};

/** What can be set, of a path or of a handle. */
type Target =
  & Pick<Handle, "truncate" | "chown" | "chmod" | "utimes">
  & { stat(context: OpContext): Awaitable<FileInfo | undefined> };

function pathTarget({ provider, request }: Exchange2, path: string): Target {
  return {
    truncate: (size, context) => provider.truncate(path, size, context),
    chown: (uid, gid, context) => provider.chown(path, uid, gid, context),
    chmod: (mode, context) => provider.chmod(path, mode, context),
    utimes: (atime, mtime, context) => provider.utimes(path, atime, mtime, context),
    // What was changed was there, and may be gone again; what was not has to be looked for.
    stat: (context) =>
      request.mask === 0 ? provider.stat(path, context) : provider.lookup(path, context),
  };
}

/** The steps in the order that keeps one from undoing another: times last, mode after the owner. */
const STEPS: readonly ((
  request: WireRequest2,
  target: Target,
  context: OpContext,
) => Awaitable<void>)[] = [
  (request, target, context) => {
    if ((request.mask & SET_SIZE) === 0) return;
    return target.truncate(checkRange(request.size, 0), context);
  },
  ({ mask, new_uid, new_gid }, target, context) => {
    if ((mask & (SET_UID | SET_GID)) === 0) return;
    return target.chown(
      (mask & SET_UID) === 0 ? -1 : new_uid,
      (mask & SET_GID) === 0 ? -1 : new_gid,
      context,
    );
  },
  ({ mask, mode }, target, context) => {
    if ((mask & SET_MODE) !== 0) return target.chmod(mode & S_PERM, context);
  },
  ({ mask, atime, mtime }, target, context) => {
    if ((mask & (SET_ATIME | SET_MTIME | ATIME_NOW | MTIME_NOW)) === 0) return;
    return target.utimes(
      timeChange(mask, SET_ATIME, ATIME_NOW, atime),
      timeChange(mask, SET_MTIME, MTIME_NOW, mtime),
      context,
    );
  },
];

function change(exchange: Exchange2, target: Target): Awaitable<FileInfo | undefined> {
  const { request, context } = exchange;
  const stepsFrom = (first: number): Awaitable<void> => {
    for (let i = first; i < STEPS.length; i++) {
      const done = STEPS[i]!(request, target, context);
      if (isPromiseLike(done)) return done.then(() => stepsFrom(i + 1));
    }
  };
  return andThen(stepsFrom(0), () => request.plus ? target.stat(context) : undefined);
}

function timeChange(
  mask: number,
  set: number,
  now: number,
  time: WireTime | undefined,
): TimeChange {
  if ((mask & now) !== 0) return "now";
  if ((mask & set) === 0) return "omit";
  const { sec, nsec } = time ?? { sec: 0, nsec: 0 };
  if (typeof sec !== "number" || nsec > 999_999_999) throw new VfsError("EINVAL", "time");
  return { sec, nsec };
}
