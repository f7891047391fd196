import { type FileLock, VfsError } from "../../../fs/mod.ts";
import type { Exchange2 } from "../exchange2.ts";
import { lockFromWire } from "../_lock.ts";
import { answerOk } from "../../handlers/_plain.ts";
import type { Handler2 } from "./handler2.ts";

/** `lock`: takes, changes or gives back an advisory lock. */
export const lock: Handler2<unknown> = {
  run(exchange) {
    const { session, request, context } = exchange;
    const file = session.handles.get(request.fh);
    const wanted = wantedLock(exchange);
    return session.handles.hold(file, file.handle.lock(wanted, request.wait, context));
  },
  answer: answerOk,
  /** The peer was told that the wait ended: what was got in that instant is given back. */
  drop(exchange) {
    const { session, request } = exchange;
    const file = session.handles.find(request.fh);
    const unlock = { ...wantedLock(exchange), type: "unlock" } as const;
    if (file !== undefined) return file.handle.lock(unlock, false);
  },
};

/** `getlock`: asks for a lock that would be in conflict. */
export const getlock: Handler2<FileLock | undefined> = {
  run(exchange) {
    const { session, request, context } = exchange;
    const file = session.handles.get(request.fh);
    const wanted = wantedLock(exchange);
    if (wanted.type === "unlock") throw new VfsError("EINVAL");
    return session.handles.hold(file, file.handle.getLock(wanted, context));
  },
  answer({ session, reply }, found) {
    reply.lock(found, found === undefined ? "" : session.ownerForPeer(found.owner));
  },
};

/** Owners of different sessions are different, whatever the sessions call them. */
function wantedLock({ session, request }: Exchange2): FileLock {
  return lockFromWire(request, session.ownerFromPeer(request.owner));
}
