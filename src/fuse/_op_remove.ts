import {
  andThen,
  type Awaitable,
  isDirectory,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  VfsError,
} from "../fs/mod.ts";
import type { Core } from "./_core.ts";
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
  // Operations that are under way below this directory may find nothing where they look: they have
  // to be able to tell that from a file that does not exist.
  if (moved === undefined || isDirectory(moved.info.mode)) nodes.epoch++;
  request.epoch = nodes.epoch;
  return andThen(core.provider.rename(path, newPath, flags, request), () => {
    if ((flags & RENAME_EXCHANGE) !== 0) nodes.exchange(from, name, to, newName);
    else nodes.move(from, name, to, newName);
    core.done(request);
  });
}
