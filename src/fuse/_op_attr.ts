import { andThen, type Awaitable, S_ISGID, S_PERM, type TimeChange, VfsError } from "../fs/mod.ts";
import {
  FATTR_ATIME,
  FATTR_ATIME_NOW,
  FATTR_FH,
  FATTR_GID,
  FATTR_KILL_SUIDGID,
  FATTR_MODE,
  FATTR_MTIME,
  FATTR_MTIME_NOW,
  FATTR_SIZE,
  FATTR_UID,
  GETATTR_FH,
} from "./_abi.ts";
import type { Core } from "./_core.ts";
import { dropPrivileges } from "./_killpriv.ts";
import type { Node } from "./_node.ts";
import type { OpenFile } from "./_open_file.ts";
import type { Request } from "./_request.ts";
import { onNode, statNode } from "./_target.ts";

export function getattr(core: Core, request: Request): Awaitable<void> {
  const node = core.nodes.get(request.nodeid);
  const file = (request.u32(0) & GETATTR_FH) !== 0 ? core.files.find(request.u64(2)) : undefined;
  const info = statNode(core, request, node, file);
  return andThen(info, (info) => core.sendAttr(request, node, info));
}

/** One part of a SETATTR; the parts run one after the other. */
type Step = () => Awaitable<void>;

export function setattr(core: Core, request: Request): Awaitable<void> {
  const node = core.nodes.get(request.nodeid);
  const valid = request.u32(0);
  const file = (valid & FATTR_FH) !== 0 ? core.files.find(request.u64(2)) : undefined;
  const steps: Step[] = [];
  if ((valid & FATTR_SIZE) !== 0) {
    steps.push(sizeStep(core, request, node, file));
    if ((valid & FATTR_KILL_SUIDGID) !== 0) steps.push(() => dropPrivileges(core, request, node));
  }
  if ((valid & (FATTR_UID | FATTR_GID)) !== 0) {
    steps.push(ownerStep(core, request, node, valid));
    // A change of owner takes the privileges of the file away, whoever makes it.
    steps.push(() => dropPrivileges(core, request, node));
  }
  if ((valid & FATTR_MODE) !== 0) steps.push(modeStep(core, request, node));
  if ((valid & (FATTR_ATIME | FATTR_ATIME_NOW | FATTR_MTIME | FATTR_MTIME_NOW)) !== 0) {
    steps.push(timesStep(core, request, node, valid));
  }
  return andThen(inOrder(steps, 0), () => {
    const info = statNode(core, request, node, file);
    return andThen(info, (info) => core.sendAttr(request, node, info));
  });
}

function inOrder(steps: Step[], from: number): Awaitable<void> {
  const step = steps[from];
  if (step !== undefined) return andThen(step(), () => inOrder(steps, from + 1));
}

function sizeStep(core: Core, request: Request, node: Node, file: OpenFile | undefined): Step {
  const size = request.u64(4);
  if (!Number.isSafeInteger(size)) throw new VfsError("EFBIG");
  if (file !== undefined) return () => file.run(() => file.handle.truncate(size, request));
  return () => core.provider.truncate(core.nodes.livePath(node), size, request);
}

function ownerStep(core: Core, request: Request, node: Node, valid: number): Step {
  const uid = (valid & FATTR_UID) !== 0 ? request.u32(19) : -1;
  const gid = (valid & FATTR_GID) !== 0 ? request.u32(20) : -1;
  return () =>
    onNode(
      core,
      node,
      (path) => core.provider.chown(path, uid, gid, request),
      (handle) => handle.chown(uid, gid, request),
    );
}

function modeStep(core: Core, request: Request, node: Node): Step {
  const mode = request.u32(17) & S_PERM;
  // The kernel lets the set-group-id bit pass only for members of the file's group. Of the caller's
  // groups a provider sees one; then that has to be the one that counts.
  const context = (mode & S_ISGID) === 0 ? request : request.asMember(node.info.gid);
  return () =>
    onNode(
      core,
      node,
      (path) => core.provider.chmod(path, mode, context),
      (handle) => handle.chmod(mode, context),
    );
}

function timesStep(core: Core, request: Request, node: Node, valid: number): Step {
  const atime = timeOf(valid, FATTR_ATIME, FATTR_ATIME_NOW, request.i64(8), request.u32(14));
  const mtime = timeOf(valid, FATTR_MTIME, FATTR_MTIME_NOW, request.i64(10), request.u32(15));
  return () =>
    onNode(
      core,
      node,
      (path) => core.provider.utimes(path, atime, mtime, request),
      (handle) => handle.utimes(atime, mtime, request),
    );
}

function timeOf(
  valid: number,
  set: number,
  setNow: number,
  sec: number,
  nsec: number,
): TimeChange {
  if ((valid & setNow) !== 0) return "now";
  return (valid & set) !== 0 ? { sec, nsec } : "omit";
}
