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
    if (session.unsettled > 0) {
      if (!await readOnce(io, session, ffi)) return;
      continue;
    }
    try {
      session.receive(io.read(session.buffer));
    } catch (error) {
      const failure = readFailure(error);
      if (failure === "end") return;
      if (failure === "error") throw error;
      if (failure === "wait") await moment();
    }
  }
}
