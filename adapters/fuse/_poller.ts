import type { FuseSession } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";
import type { Ffi } from "./_ffi.ts";
import { readFailure } from "./_read_failure.ts";

/** How long, in milliseconds, a thread looks for the next request before the event loop turns. */
const PATIENCE = 0.05;
/** After how many milliseconds the event loop turns, however many requests there are. */
const TURN = 2;
const POLLIN = 1;

/**
 * Serves requests as long as they keep coming, without the cost of an event loop between them: a
 * program that works on a mount asks again a few microseconds after each answer.
 */
export class Poller {
  readonly #io: DeviceIo;
  readonly #ffi: Ffi;
  readonly #pollfd: Uint8Array;

  constructor(io: DeviceIo, ffi: Ffi) {
    this.#io = io;
    this.#ffi = ffi;
    this.#pollfd = pollfd(io.fd);
  }

  /**
   * Serves until no request has come for a moment, the provider has promised something, or the
   * event loop has to turn.
   *
   * @returns Whether the connection goes on.
   */
  serve(session: FuseSession): boolean {
    const end = performance.now() + TURN;
    while (session.unsettled === 0 && this.#isReady()) {
      try {
        session.receive(this.#io.read(session.buffer));
      } catch (error) {
        const failure = readFailure(error);
        if (failure === "end") return false;
        if (failure === "error") throw error;
        if (failure === "wait") return true;
      }
      if (performance.now() > end) break;
    }
    return true;
  }

  /**
   * Looks until there is a request. It does not sleep, because a timer costs more than a request
   * does; it lets others run, in case that they share the processor.
   */
  #isReady(): boolean {
    const { functions, size } = this.#ffi;
    const one = size(1);
    if (Number(functions.poll(this.#pollfd, one, 0)) > 0) return true;
    const end = performance.now() + PATIENCE;
    do {
      functions.sched_yield();
      if (Number(functions.poll(this.#pollfd, one, 0)) > 0) return true;
    } while (performance.now() < end);
    return false;
  }
}

/** A `struct pollfd` that asks whether there is something to read. */
export function pollfd(fd: number): Uint8Array {
  return new Uint8Array(new Int32Array([fd, POLLIN]).buffer);
}
