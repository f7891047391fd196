import { andThen, type Awaitable, type FileLock, VfsError } from "../fs/mod.ts";
import { F_RDLCK, F_UNLCK, F_WRLCK, LK_FLOCK } from "./_abi.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import type { Node } from "./_node.ts";
import type { OpenFile } from "./_open_file.ts";
import { recover } from "./_recover.ts";
import type { Request } from "./_request.ts";

const TYPES = ["read", "write", "unlock"] as const;
/** The last byte of "to the end, however far the file grows": the largest signed 64-bit number. */
const LAST_WORD_LOW = 0xffffffff;
const LAST_WORD_HIGH = 0x7fffffff;

/** Reads `struct fuse_lk_in`. */
function lockOf(request: Request): FileLock {
  const type = TYPES[request.u32(8)];
  if (type === undefined) throw new VfsError("EINVAL");
  const start = request.u64(4);
  const last = request.u64(6);
  const end = last + 1;
  return {
    kind: (request.u32(10) & LK_FLOCK) !== 0 ? "flock" : "posix",
    type,
    start,
    end: Number.isSafeInteger(end) ? end : Infinity,
    owner: request.id(2),
    pid: request.u32(9),
  };
}

export function getlk(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const wanted = lockOf(request);
  return andThen(file.run(() => file.handle.getLock(wanted, request)), (found) => {
    const { out } = core;
    const lock = found ?? wanted;
    out.put64(REPLY_BODY, lock.start);
    if (lock.end === Infinity) {
      out.u32[REPLY_BODY + 2] = LAST_WORD_LOW;
      out.u32[REPLY_BODY + 3] = LAST_WORD_HIGH;
    } else {
      out.put64(REPLY_BODY + 2, lock.end - 1);
    }
    const type = lock.type === "write" ? F_WRLCK : F_RDLCK;
    out.u32[REPLY_BODY + 4] = found === undefined ? F_UNLCK : type;
    out.u32[REPLY_BODY + 5] = found === undefined ? 0 : found.pid;
    core.send(request, 24);
  });
}

export function setlk(core: Core, request: Request): Awaitable<void> {
  return setLock(core, request, false);
}

export function setlkw(core: Core, request: Request): Awaitable<void> {
  return setLock(core, request, true);
}

function setLock(core: Core, request: Request, wait: boolean): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const lock = lockOf(request);
  file.owners ??= new Set();
  file.owners.add(lock.owner);
  request.patient = wait;
  // Whoever waits for a lock must not keep others from the file, who may have to give it back.
  const set = wait
    ? file.handle.lock(lock, true, request)
    : file.run(() => file.handle.lock(lock, false, request));
  return andThen(set, () => {
    if (!request.answered || lock.type === "unlock") {
      core.done(request);
      return;
    }
    // The caller has given up in the meantime.
    return file.handle.lock({ ...lock, type: "unlock" }, false);
  });
}

/** Gives back all locks of one kind that an owner took on a file, through any of its handles. */
export function releaseLocks(
  request: Request,
  node: Node,
  kind: FileLock["kind"],
  owner: string,
  closing?: OpenFile,
): Awaitable<void> {
  const everything: FileLock = {
    kind,
    type: "unlock",
    start: 0,
    end: Infinity,
    owner,
    pid: request.pid,
  };
  let released: Awaitable<void> = undefined;
  for (const file of closing === undefined ? node.files ?? [] : [closing]) {
    if (file.owners?.has(owner) !== true) continue;
    released = andThen(
      released,
      () => file.run(() => recover(() => file.handle.lock(everything, false, request), () => {})),
    );
  }
  return released;
}
