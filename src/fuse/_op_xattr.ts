import { andThen, type Awaitable, VfsError } from "../fs/mod.ts";
import { OUT_HEADER } from "./_abi.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import type { Request } from "./_request.ts";
import { textBytes } from "./_text.ts";

export function getxattr(core: Core, request: Request): Awaitable<void> {
  const path = core.nodes.livePath(core.nodes.get(request.nodeid));
  const room = request.u32(0);
  request.textsAfter(8);
  const name = request.text();
  return andThen(core.provider.getxattr(path, name, request), (value) => {
    sendSized(core, request, value, room);
  });
}

export function listxattr(core: Core, request: Request): Awaitable<void> {
  const path = core.nodes.livePath(core.nodes.get(request.nodeid));
  const room = request.u32(0);
  return andThen(core.provider.listxattr(path, request), (names) => {
    const list = names.map((name) => `${name}\0`).join("");
    sendSized(core, request, textBytes(list), room);
  });
}

/** Answers with a value, or with its size alone where the caller has made no room for it. */
function sendSized(core: Core, request: Request, value: Uint8Array, room: number): void {
  if (!(value instanceof Uint8Array)) throw new VfsError("EIO");
  const { out } = core;
  if (room === 0) {
    out.u32[REPLY_BODY] = value.length;
    out.u32[REPLY_BODY + 1] = 0;
    core.send(request, 8);
    return;
  }
  if (value.length > room || OUT_HEADER + value.length > out.bytes.length) {
    throw new VfsError("ERANGE");
  }
  out.bytes.set(value, OUT_HEADER);
  core.send(request, value.length);
}

export function setxattr(core: Core, request: Request): Awaitable<void> {
  const path = core.nodes.livePath(core.nodes.get(request.nodeid));
  const size = request.u32(0);
  const flags = request.u32(1);
  request.textsAfter(8);
  const name = request.text();
  // A copy: the provider may take its time, and the value is small.
  const value = request.rest(size).slice();
  return andThen(core.provider.setxattr(path, name, value, flags, request), () => {
    core.done(request);
  });
}

export function removexattr(core: Core, request: Request): Awaitable<void> {
  const path = core.nodes.livePath(core.nodes.get(request.nodeid));
  request.textsAfter(0);
  return andThen(core.provider.removexattr(path, request.text(), request), () => {
    core.done(request);
  });
}
