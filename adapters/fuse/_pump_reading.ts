import { read } from "node:fs";
import type { FuseSession } from "../../src/fuse/mod.ts";
import { moment, readFailure } from "./_pump.ts";

/**
 * The portable way: one read is outstanding on another thread. More than one do not help, and take
 * the threads that a provider may need.
 */
export async function pumpReading(fd: number, session: FuseSession): Promise<void> {
  while (await readOnce(fd, session));
}

/**
 * Reads one request and hands it to the session, while the event loop turns.
 *
 * @returns Whether the connection goes on.
 */
export async function readOnce(fd: number, session: FuseSession): Promise<boolean> {
  try {
    session.receive(await readLater(fd, session.buffer));
  } catch (error) {
    const failure = readFailure(error);
    if (failure === "end") return false;
    if (failure === "error") throw error;
    if (failure === "wait") await moment();
  }
  return true;
}

function readLater(fd: number, buffer: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
