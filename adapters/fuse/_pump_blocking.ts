import { readSync } from "node:fs";
import type { FuseSession } from "../../src/fuse/mod.ts";
import { moment, readFailure } from "./_pump.ts";
import { readOnce } from "./_pump_reading.ts";

/**
 * The fastest way: the thread does nothing but wait for the kernel. Only while the provider has
 * promised something does the event loop turn, and reading goes on beside it.
 */
export async function pumpBlocking(fd: number, session: FuseSession): Promise<void> {
  for (;;) {
    if (session.unsettled > 0) {
      if (!await readOnce(fd, session)) return;
      continue;
    }
    try {
      session.receive(readSync(fd, session.buffer));
    } catch (error) {
      const failure = readFailure(error);
      if (failure === "end") return;
      if (failure === "error") throw error;
      if (failure === "wait") await moment();
    }
  }
}
