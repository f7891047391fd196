import type { FuseSession } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";
import type { Ffi } from "./_ffi.ts";
import { readFailure } from "./_read_failure.ts";

/** How long, in milliseconds, a thread looks for the next request before the event loop turns. */
const PATIENCE = 0.05;
/** After how many milliseconds the event loop turns, however many requests there are. */
const TURN = 2;

/**
 * Serves requests as long as they keep coming, without the cost of an event loop between them: a
 * program that works on a mount asks again a few microseconds after each answer.
 */
export class Poller {
  readonly #io: DeviceIo;
  readonly #ffi: Ffi;

  constructor(io: DeviceIo, ffi: Ffi) {
    this.#io = io;
    this.#ffi = ffi;
  }

  /**
   * Serves until no request has come for a moment, the provider has promised something, or the
   * event loop has to turn.
   *
   * @returns Whether the connection goes on.
   */
  serve(session: FuseSession): boolean {
    const end = performance.now() + TURN;
    while (session.unsettled === 0) {
      try {
        const length = this.#next(session.buffer);
        if (length === 0) break;
        session.receive(length);
      } catch (error) {
        const failure = readFailure(error);
        if (failure === "end") return false;
        if (failure === "error") throw error;
        if (failure === "wait") break;
      }
      if (performance.now() > end) break;
    }
    return true;
  }

  /**
   * Looks until there is a request; 0 if none comes. It does not sleep, because a timer costs more
   * than a request does; it lets others run, in case that they share the processor: whoever has just
   * got an answer is likely to ask again.
   */
  #next(buffer: Uint8Array): number {
    const { functions } = this.#ffi;
    functions.sched_yield();
    let length = this.#io.tryRead(buffer);
    if (length > 0) return length;
    const end = performance.now() + PATIENCE;
    do {
      functions.sched_yield();
      length = this.#io.tryRead(buffer);
    } while (length === 0 && performance.now() < end);
    return length;
  }
}
