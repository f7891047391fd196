import { andThen, type Awaitable } from "../fs/mod.ts";
import type { Core } from "./_core.ts";
import type { Node } from "./_node.ts";
import { settleOwner } from "./_owner.ts";
import type { Request } from "./_request.ts";

export function mknod(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  const mode = request.u32(0);
  const rdev = request.u32(1);
  request.textsAfter(16);
  return make(
    core,
    request,
    parent,
    request.name(),
    (path) => core.provider.mknod(path, mode, rdev, request),
  );
}

export function mkdir(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  const mode = request.u32(0);
  request.textsAfter(8);
  return make(
    core,
    request,
    parent,
    request.name(),
    (path) => core.provider.mkdir(path, mode, request),
  );
}

export function symlink(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  request.textsAfter(0);
  const name = request.name();
  const target = request.text();
  return make(core, request, parent, name, (path) => core.provider.symlink(target, path, request));
}

/** Makes something, makes it the caller's, and tells the kernel what it is. */
function make(
  core: Core,
  request: Request,
  parent: Node,
  name: string,
  operation: (path: string) => Awaitable<void>,
): Awaitable<void> {
  const path = core.nodes.childPath(parent, name);
  return andThen(
    operation(path),
    () =>
      andThen(
        core.provider.stat(path, request),
        (info) =>
          andThen(settleOwner(core, request, parent, path, info), (info) => {
            core.sendEntry(request, parent, name, info);
          }),
      ),
  );
}

export function link(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  const node = core.nodes.get(request.u64(0));
  request.textsAfter(8);
  const name = request.name();
  const path = core.nodes.childPath(parent, name);
  const existing = core.nodes.livePath(node);
  return andThen(
    core.provider.link(existing, path, request),
    () =>
      andThen(core.provider.stat(path, request), (info) => {
        core.sendEntry(request, parent, name, info);
      }),
  );
}

export function readlink(core: Core, request: Request): Awaitable<void> {
  const node = core.nodes.get(request.nodeid);
  const path = core.nodes.livePath(node);
  return andThen(core.provider.readlink(path, request), (target) => {
    core.sendText(request, target);
  });
}
