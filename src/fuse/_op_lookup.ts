import { andThen, type Awaitable, ERRNO } from "../fs/mod.ts";
import { ENTRY_OUT, IN_HEADER } from "./_abi.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import type { Node } from "./_node.ts";
import type { Request } from "./_request.ts";

export function lookup(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  request.textsAfter(0);
  const name = request.name();
  const found = core.provider.lookup(core.nodes.childPath(parent, name), request);
  return andThen(found, (info) => {
    if (info === undefined) sendMiss(core, request, parent, name);
    else core.sendEntry(request, parent, name, info);
  });
}

/** There is no such name: an error, or an entry without a node if the kernel may remember it. */
function sendMiss(core: Core, request: Request, parent: Node, name: string): void {
  const { sec, nsec } = core.negativeLifetime;
  const isStale = core.wentStale(request);
  if (!isStale) core.nodes.missing(parent, name);
  if (isStale || (sec === 0 && nsec === 0)) {
    core.error(request, isStale ? ERRNO.ESTALE : ERRNO.ENOENT);
    return;
  }
  core.out.u32.fill(0, REPLY_BODY, REPLY_BODY + ENTRY_OUT / 4);
  core.out.put64(REPLY_BODY + 4, sec);
  core.out.u32[REPLY_BODY + 8] = nsec;
  core.send(request, ENTRY_OUT);
}

export function forget(core: Core, request: Request): void {
  core.nodes.forget(request.nodeid, request.u64(0));
}

export function batchForget(core: Core, request: Request): void {
  const room = Math.floor((request.length - IN_HEADER - 8) / 16);
  const count = Math.min(request.u32(0), room);
  for (let i = 0; i < count; i++) {
    core.nodes.forget(request.u64(2 + i * 4), request.u64(4 + i * 4));
  }
}
