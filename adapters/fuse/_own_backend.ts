import { type Provider, VfsError } from "../../src/fs/mod.ts";
import { FuseCounters } from "../../src/fuse/mod.ts";
import { attach } from "./_attach.ts";
import type { Backend } from "./_backend.ts";
import { serveDevice } from "./_serve.ts";
import type { MountOptions } from "./options.ts";

/** Mounts a live provider and serves it in the event loop of this thread. */
export async function serveHere(
  provider: Provider,
  mountPoint: string,
  options: MountOptions,
): Promise<Backend> {
  if (options.pump === "blocking") {
    throw new VfsError(
      "EINVAL",
      "A blocking pump would stop the event loop; give a module instead",
    );
  }
  const io = await attach(mountPoint, options, options.readonly ?? provider.readonly);
  const serving = serveDevice(provider, io, options.pump, options, new FuseCounters());
  const { session, started, ended } = serving;
  return {
    started,
    ended,
    stats: () => session.stats(),
    changed: (change) => session.changed(change),
    abandon: () => {},
  };
}
