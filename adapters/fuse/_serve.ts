import { closeSync } from "node:fs";
import type { Provider } from "../../src/fs/mod.ts";
import { type FuseCounters, type FuseOptions, FuseSession } from "../../src/fuse/mod.ts";
import { FdDevice } from "./_fd_device.ts";
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
  fd: number,
  pump: PumpKind | undefined,
  options: FuseOptions,
  counters: FuseCounters,
  onStart?: (error?: Error) => void,
): Serving {
  const { promise: started, resolve, reject } = Promise.withResolvers<void>();
  const device = new FdDevice(fd);
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
  const readiness = pump === undefined || pump === "readiness" ? readinessPump(fd) : undefined;
  const run = async () => {
    try {
      await null;
      if (pump === "blocking") await pumpBlocking(fd, session);
      else if (readiness !== undefined) await readiness(session);
      else await pumpReading(fd, session);
    } finally {
      device.close();
      // The readiness pump's socket has closed its descriptor itself.
      if (readiness === undefined) closeSync(fd);
      reject(new Error("The mount has ended before it began"));
      await session.close();
    }
  };
  return { session, started, ended: run() };
}
