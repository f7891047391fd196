import { read } from "node:fs";
import type { FuseSession } from "../../src/fuse/mod.ts";
import { type DeviceIo, pollfd } from "./_device_io.ts";
import type { Ffi } from "./_ffi.ts";
import type { Poller } from "./_poller.ts";
import { moment, readFailure } from "./_read_failure.ts";

/**
 * The portable way: another thread waits for the next request. More than one would not help, and
 * take the threads that a provider may need.
 *
 * @param poller Serves what follows a request at once, where the runtime can.
 */
export async function pumpReading(
  io: DeviceIo,
  session: FuseSession,
  ffi: Ffi | undefined,
  poller: Poller | undefined,
): Promise<void> {
  while (await readOnce(io, session, ffi)) {
    if (poller !== undefined && !poller.serve(session)) return;
  }
}

/**
 * Serves one request, for which another thread has waited while the event loop turned.
 *
 * @returns Whether the connection goes on.
 */
export async function readOnce(
  io: DeviceIo,
  session: FuseSession,
  ffi: Ffi | undefined,
): Promise<boolean> {
  try {
    session.receive(await readLater(io, session.buffer, ffi));
  } catch (error) {
    const failure = readFailure(error);
    if (failure === "end") return false;
    if (failure === "error") throw error;
    if (failure === "wait") await moment();
  }
  return true;
}

async function readLater(
  io: DeviceIo,
  buffer: Uint8Array,
  ffi: Ffi | undefined,
): Promise<number> {
  const elsewhere = ffi?.elsewhere;
  if (ffi === undefined || elsewhere === undefined) return await readByPool(io.fd, buffer);
  // While a read is under way on Deno, a write to the same descriptor waits for it, and a
  // notification may be what the next request waits for. So only readiness is waited for there.
  await elsewhere.poll(pollfd(io.fd), 1, -1);
  return io.read(buffer);
}

function readByPool(fd: number, buffer: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
