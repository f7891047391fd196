import { parentPort, workerData } from "node:worker_threads";
import type { Provider } from "../../src/fs/mod.ts";
import { FuseCounters } from "../../src/fuse/mod.ts";
import { attach } from "./_attach.ts";
import { serveDevice } from "./_serve.ts";
import type { WorkerOrder, WorkerReport } from "./_worker_messages.ts";

/** The thread that serves a provider of its own: it opens the device, mounts it, and serves. */
async function work(order: WorkerOrder): Promise<void> {
  const { mountPoint, options, counters } = order;
  const provider = await loadProvider(order);
  const io = await attach(mountPoint, options, options.readonly ?? provider.readonly);
  const pump = options.pump ?? "blocking";
  const serving = serveDevice(provider, io, pump, options, new FuseCounters(counters), (error) => {
    if (error === undefined) report({ kind: "started" });
    else fail(error);
  });
  await serving.ended;
  report({ kind: "ended" });
}

async function loadProvider({ module, exported, argument }: WorkerOrder): Promise<Provider> {
  const value = (await import(module) as Record<string, unknown>)[exported];
  const provider = await (typeof value === "function" ? value(argument) : value) as Provider;
  if (typeof provider?.stat === "function") return provider;
  throw new TypeError(`Cannot mount ${exported} of ${module}: it gives no provider`);
}

function report(message: WorkerReport): void {
  parentPort!.postMessage(message);
}

function fail(error: unknown): void {
  const { code, message } = error as { code?: string; message?: string };
  report({ kind: "failed", code, message: message ?? String(error) });
}

try {
  await work(workerData as WorkerOrder);
} catch (error) {
  fail(error);
}
