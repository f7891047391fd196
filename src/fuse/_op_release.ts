import { andThen, type Awaitable, ERRNO } from "../fs/mod.ts";
import { RELEASE_FLOCK_UNLOCK } from "./_abi.ts";
import type { Core } from "./_core.ts";
import { releaseLocks } from "./_op_lock.ts";
import type { Request } from "./_request.ts";

/**
 * A descriptor is closed, perhaps not the last of its file: the owner's POSIX locks on the file end.
 * Where the kernel keeps the locks there is nothing to do, and it stops asking at once.
 */
export function flush(core: Core, request: Request): Awaitable<void> {
  if (core.options.locks === "kernel") return core.error(request, ERRNO.ENOSYS);
  const { node } = core.files.get(request.u64(0));
  const owner = request.id(4);
  return andThen(releaseLocks(request, node, "posix", owner), () => {
    core.done(request);
  });
}

export function release(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const unlock = (request.u32(3) & RELEASE_FLOCK_UNLOCK) !== 0 && file.owners !== undefined;
  const owner = unlock ? request.id(4) : "";
  core.files.remove(file);
  core.nodes.release(file.node);
  const { handle, node } = file;
  const unlocked = unlock ? releaseLocks(request, node, "flock", owner, file) : undefined;
  return andThen(unlocked, () =>
    andThen(file.run(() => handle.close(request)), () => {
      core.done(request);
    }));
}
