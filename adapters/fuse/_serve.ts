import process from "node:process";
import type { Provider } from "../../src/fs/mod.ts";
import { type FuseCounters, type FuseOptions, FuseSession } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";
import { FdDevice } from "./_fd_device.ts";
import { bindFfi } from "./_ffi.ts";
import { Poller } from "./_poller.ts";
import { pumpBlocking } from "./_pump_blocking.ts";
import { pumpReading } from "./_pump_reading.ts";
import { readinessPump } from "./_pump_readiness.ts";

/** How requests are waited for. */
export type PumpKind = "blocking" | "readiness" | "reading";

/** A mounted device that is being served by this thread. */
export interface Serving {
  readonly session: FuseSession;
  /** When the kernel and the session have agreed on the protocol; rejects if they cannot. */
  readonly started: Promise<void>;
  /** When the connection has ended and everything is closed. */
  readonly ended: Promise<void>;
}

/**
 * Serves a provider on a device that is mounted. A blocking pump begins in the next turn of the
 * event loop, so that its caller can still get ready.
 *
 * @param onStart Is told, at once, when `started` is settled: a thread that blocks has no event loop
 * in which a promise could tell.
 */
export function serveDevice(
  provider: Provider,
  io: DeviceIo,
  pump: PumpKind | undefined,
  options: FuseOptions,
  counters: FuseCounters,
  onStart?: (error?: Error) => void,
): Serving {
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  const device = new FdDevice(io);
  const session = new FuseSession(provider, device, {
    ...options,
    counters,
    onStart: (error) => {
      onStart?.(error);
      if (error === undefined) resolve();
      else reject(error);
    },
  });
  // Whoever does not ask how it began is told by how it ended.
  started.catch(() => {});
  const run = async () => {
    let owned = false;
    try {
      await null;
      owned = await runPump(io, session, pump);
    } finally {
      device.close();
      if (!owned) io.close();
      reject(new Error("The mount has ended before it began"));
      await session.close();
    }
  };
  return { session, started, ended: run() };
}

/**
 * Runs the pump that was asked for, or the best that can work.
 *
 * @returns Whether the pump has closed the descriptor itself.
 */
async function runPump(
  io: DeviceIo,
  session: FuseSession,
  pump: PumpKind | undefined,
): Promise<boolean> {
  const ffi = bindFfi();
  if (pump === "blocking") {
    await pumpBlocking(io, session, ffi);
    return false;
  }
  const poller = ffi === undefined ? undefined : new Poller(io, ffi);
  // Deno's pipes never tell that a mount has ended, so another thread waits there.
  const readiness = pump === "reading" || "deno" in process.versions
    ? undefined
    : readinessPump(io.fd, poller);
  // Whatever waits without reading needs no reads that wait.
  if (poller !== undefined && (readiness !== undefined || ffi?.elsewhere !== undefined)) {
    io.unblock();
  }
  if (readiness === undefined) {
    await pumpReading(io, session, ffi, poller);
    return false;
  }
  await readiness(session);
  return true;
}
