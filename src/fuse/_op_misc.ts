import { andThen, type Awaitable, type StatFs, VfsError } from "../fs/mod.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import { recover } from "./_recover.ts";
import type { Request } from "./_request.ts";

/** What a filesystem without figures says of itself, as `/proc` does. */
const NO_FIGURES: StatFs = {
  bsize: 4096,
  blocks: 0,
  bfree: 0,
  bavail: 0,
  files: 0,
  ffree: 0,
  namelen: 255,
  readonly: false,
};

export function statfs(core: Core, request: Request): Awaitable<void> {
  const path = core.nodes.path(core.nodes.get(request.nodeid)) ?? "/";
  const told = recover(() => core.provider.statfs(path, request), (error) => {
    if (error instanceof VfsError && error.code === "ENOSYS") return NO_FIGURES;
    throw error;
  });
  return andThen(told, (figures) => {
    const { out } = core;
    out.put64(REPLY_BODY, figures.blocks);
    out.put64(REPLY_BODY + 2, figures.bfree);
    out.put64(REPLY_BODY + 4, figures.bavail);
    out.put64(REPLY_BODY + 6, figures.files);
    out.put64(REPLY_BODY + 8, figures.ffree);
    out.u32[REPLY_BODY + 10] = figures.bsize;
    out.u32[REPLY_BODY + 11] = figures.namelen;
    out.u32[REPLY_BODY + 12] = figures.bsize;
    out.u32.fill(0, REPLY_BODY + 13, REPLY_BODY + 20);
    core.send(request, 80);
  });
}

/** No file here understands any of them. */
export function ioctl(): never {
  throw new VfsError("ENOTTY");
}

export function destroy(core: Core, request: Request): void {
  core.destroyed = true;
  core.done(request);
}
