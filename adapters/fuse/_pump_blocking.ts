import type { FuseSession } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";
import type { Ffi } from "./_ffi.ts";
import { readOnce } from "./_pump_reading.ts";
import { moment, readFailure } from "./_read_failure.ts";

/**
 * The fastest way: the thread does nothing but wait for the kernel. Only while the provider has
 * promised something does the event loop turn, and reading goes on beside it.
 */
export async function pumpBlocking(
  io: DeviceIo,
  session: FuseSession,
  ffi: Ffi | undefined,
): Promise<void> {
  for (;;) {
    const failure = serveUntilPromise(io, session);
    if (failure === "end") return;
    if (failure === "wait") await moment();
    else if (!await readOnce(io, session, ffi)) return;
  }
}

/** Serves until the provider promises something, or a read fails. */
function serveUntilPromise(io: DeviceIo, session: FuseSession): "end" | "wait" | undefined {
  while (session.unsettled === 0) {
    try {
      session.receive(io.read(session.buffer));
    } catch (error) {
      const failure = readFailure(error);
      if (failure === "error") throw error;
      if (failure !== "again") return failure;
    }
  }
  return undefined;
}
