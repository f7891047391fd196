import { Worker } from "node:worker_threads";
import { type ErrnoCode, parseErrnoCode, VfsError } from "../../src/fs/mod.ts";
import { FUSE_COUNTERS_BYTES, FuseCounters } from "../../src/fuse/mod.ts";
import type { Backend } from "./_backend.ts";
import type { WorkerOrder, WorkerReport } from "./_worker_messages.ts";
import type { MountOptions, ProviderModule } from "./options.ts";

/**
 * How much memory new objects may take before those that are still in use are moved out: little
 * enough to stay in a processor's own cache, because nearly everything is forgotten with its request.
 * Bun does not heed it.
 */
const NURSERY_MB = 3;

/** Has a thread of its own make a provider, mount and serve it. */
export function serveInThread(
  source: ProviderModule,
  mountPoint: string,
  options: MountOptions,
): Backend {
  const memory = new SharedArrayBuffer(FUSE_COUNTERS_BYTES);
  const counters = new FuseCounters(memory);
  const order: WorkerOrder = {
    module: String(source.module),
    exported: source.export ?? "default",
    argument: source.argument,
    mountPoint,
    options,
    counters: memory,
  };
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  started.promise.catch(() => {});
  const worker = new Worker(new URL("./_worker.ts", import.meta.url), {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
  });
  const fail = (error: unknown) => {
    started.reject(error);
    ended.reject(error);
  };
  worker.on("message", (message: WorkerReport) => {
    if (message.kind === "started") started.resolve();
    else if (message.kind === "ended") ended.resolve();
    else fail(errorOf(message.code, message.message));
  });
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error(`The thread that served ${mountPoint} has ended`)));
  return {
    started: started.promise,
    ended: ended.promise.finally(() => void worker.terminate()),
    stats: () => counters.snapshot(),
    changed: () => {
      throw new VfsError("EOPNOTSUPP", `${mountPoint} is served by a thread of its own`);
    },
    abandon: () => void worker.terminate(),
  };
}

/** Makes an error again of what was told of it. */
function errorOf(code: string | undefined, message: string): Error {
  const known: ErrnoCode | undefined = code === undefined ? undefined : parseErrnoCode(code);
  if (known === undefined) return new Error(message);
  return new VfsError(known, message.replace(/^E[A-Z0-9]+: [^:]*: /, ""));
}
