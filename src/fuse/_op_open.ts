import {
  andThen,
  type Awaitable,
  type FileInfo,
  type Handle,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DSYNC,
  O_EXCL,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  S_PERM,
  VfsError,
} from "../fs/mod.ts";
import {
  ENTRY_OUT,
  FOPEN_DIRECT_IO,
  FOPEN_KEEP_CACHE,
  FOPEN_PARALLEL_DIRECT_WRITES,
  OPEN_KILL_SUIDGID,
} from "./_abi.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import { putEntry } from "./_encode.ts";
import { mayKeepCache } from "./_keep_cache.ts";
import { dropPrivileges } from "./_killpriv.ts";
import type { Node } from "./_node.ts";
import { settleOwner } from "./_owner.ts";
import { RemovedDirectory } from "./_removed_directory.ts";
import { abandon, orAbandon, recover } from "./_recover.ts";
import type { Request } from "./_request.ts";

/** What a provider should know of; the rest is the kernel's business. */
const PASSED = O_ACCMODE | O_TRUNC | O_DSYNC | O_SYNC;

/** The flags for the provider. */
function providerFlags(core: Core, flags: number): number {
  const passed = flags & PASSED;
  if ((flags & O_ACCMODE) !== O_WRONLY) return passed;
  // With write-back the kernel fills pages by reading, and works out itself where appended data go.
  if (core.options.writeback) return (passed & ~O_ACCMODE) | O_RDWR;
  // Otherwise appending is left to the provider, which knows of other writers. But not of a file
  // that can be mapped: pages of a mapping belong where they are, and go through any handle.
  return passed | (flags & O_APPEND);
}

function openFlags(core: Core, node: Node, flags: number): number {
  if (core.options.directIo) return FOPEN_DIRECT_IO | FOPEN_PARALLEL_DIRECT_WRITES;
  return (flags & O_TRUNC) === 0 && mayKeepCache(node) ? FOPEN_KEEP_CACHE : 0;
}

export function open(core: Core, request: Request): Awaitable<void> {
  const node = core.nodes.get(request.nodeid);
  const flags = request.u32(0);
  const killPrivileges = (request.u32(1) & OPEN_KILL_SUIDGID) !== 0;
  const path = core.nodes.livePath(node);
  const opened = core.provider.open(path, providerFlags(core, flags), 0, request);
  return andThen(opened, (handle) => {
    if (!killPrivileges) return sendOpened(core, request, node, handle, flags);
    return orAbandon(handle, () =>
      andThen(
        dropPrivileges(core, request, node),
        () => sendOpened(core, request, node, handle, flags),
      ));
  });
}

/** Tells the kernel of an open file; one that it does not want any more is closed again. */
function sendOpened(
  core: Core,
  request: Request,
  node: Node,
  handle: Handle,
  flags: number,
): Awaitable<void> {
  if (request.answered) return abandon(handle);
  const file = core.files.add(node, handle, flags);
  if (core.send(request, core.putOpen(REPLY_BODY, file.id, openFlags(core, node, flags)))) return;
  core.files.remove(file);
  return abandon(handle);
}

export function opendir(core: Core, request: Request): Awaitable<void> {
  const node = core.nodes.get(request.nodeid);
  const flags = request.u32(0);
  const path = core.nodes.path(node);
  // Whoever works in a directory that was removed may still look what is in it: nothing.
  const opened = path === undefined
    ? new RemovedDirectory(node.info)
    : core.provider.openDir(path, request);
  return andThen(opened, (handle) => {
    if (request.answered) return abandon(handle);
    const file = core.files.add(node, handle, flags);
    if (core.send(request, core.putOpen(REPLY_BODY, file.id, 0))) return;
    core.files.remove(file);
    return abandon(handle);
  });
}

/** A CREATE under way. */
interface Creation {
  readonly core: Core;
  readonly request: Request;
  readonly parent: Node;
  readonly name: string;
  readonly path: string;
  readonly flags: number;
  /** Whether it is us who made the file. */
  isNew: boolean;
}

export function create(core: Core, request: Request): Awaitable<void> {
  const parent = core.nodes.get(request.nodeid);
  const flags = request.u32(0);
  const mode = request.u32(1) & S_PERM;
  request.textsAfter(16);
  const name = request.name();
  const path = core.nodes.childPath(parent, name);
  const creation: Creation = { core, request, parent, name, path, flags, isNew: true };
  const opened = openNew(creation, mode);
  return andThen(
    opened,
    (handle) => orAbandon(handle, () => describeCreated(creation, handle)),
  );
}

function openNew(creation: Creation, mode: number): Awaitable<Handle> {
  const { core, request, path, flags } = creation;
  const passed = providerFlags(core, flags);
  return recover(
    () => core.provider.open(path, passed | O_CREAT | O_EXCL, mode, request),
    (error) => {
      const exists = error instanceof VfsError && error.code === "EEXIST";
      if (!exists || (flags & O_EXCL) !== 0) throw error;
      // Somebody else was faster: the file is theirs, and this is an open like any other.
      creation.isNew = false;
      return core.provider.open(path, passed, 0, request);
    },
  );
}

function describeCreated(creation: Creation, handle: Handle): Awaitable<void> {
  const { core, request, parent, path, isNew } = creation;
  return andThen(handle.stat(request), (info) => {
    const settled = isNew ? settleOwner(core, request, parent, path, info) : info;
    return andThen(settled, (info) => sendCreated(creation, handle, info));
  });
}

function sendCreated(creation: Creation, handle: Handle, info: FileInfo): Awaitable<void> {
  const { core, request, parent, name, flags } = creation;
  if (request.answered) return abandon(handle);
  const node = core.know(parent, name, info);
  const file = core.files.add(node, handle, flags);
  putEntry(core.out, REPLY_BODY, node, info, core.entryLifetime, core.attrLifetime);
  const openAt = REPLY_BODY + ENTRY_OUT / 4;
  const length = ENTRY_OUT + core.putOpen(openAt, file.id, openFlags(core, node, flags));
  if (core.send(request, length)) return;
  core.files.remove(file);
  core.nodes.forget(node.id, 1);
  return abandon(handle);
}
