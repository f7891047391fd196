import { andThen, type Awaitable, RENAME_EXCHANGE, RENAME_NOREPLACE, VfsError } from "../fs/mod.ts";
import type { Core } from "./_core.ts";
import { finallyDo } from "./_recover.ts";
import type { Request } from "./_request.ts";

export function unlink(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  request.textsAfter(0);
  const name = request.name();
  const path = core.nodes.childPath(parent, name);
  return andThen(core.provider.unlink(path, request), () => {
    core.nodes.removeName(parent, name);
    core.done(request);
  });
}

export function rmdir(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  request.textsAfter(0);
  const name = request.name();
  const path = core.nodes.childPath(parent, name);
  return andThen(core.provider.rmdir(path, request), () => {
    core.nodes.removeName(parent, name);
    core.done(request);
  });
}

export function rename(core: Core, request: Request): Awaitable<void> {
  request.textsAfter(8);
  return renameWith(core, request, 0);
}

export function rename2(core: Core, request: Request): Awaitable<void> {
  request.textsAfter(16);
  return renameWith(core, request, request.u32(2));
}

function renameWith(core: Core, request: Request, flags: number): Awaitable<void> {
  const { nodes } = core;
  const from = nodes.get(request.nodeid);
  const to = nodes.get(request.u64(0));
  const name = request.name();
  const newName = request.name();
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) !== 0) throw new VfsError("EINVAL");
  const path = nodes.childPath(from, name);
  const newPath = nodes.childPath(to, newName);
  const moved = nodes.child(from, name);
  const replaced = (flags & RENAME_EXCHANGE) !== 0 ? nodes.child(to, newName) : undefined;
  const ends = [nodes.startMove(moved), nodes.startMove(replaced)];
  return finallyDo(() =>
    andThen(core.provider.rename(path, newPath, flags, request), () => {
      if ((flags & RENAME_EXCHANGE) !== 0) nodes.exchange(from, name, to, newName);
      else nodes.move(from, name, to, newName);
      core.done(request);
    }), () => ends.forEach((end) => end()));
}
