import type { FuseSession } from "../../src/fuse/mod.ts";
import type { DeviceIo } from "./_device_io.ts";
import type { Ffi } from "./_ffi.ts";
import { readFailure } from "./_read_failure.ts";

/** How long a thread waits for the next request before it lets the event loop turn: 50 µs. */
const PATIENCE_NS = 50_000n;
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
  readonly #patience = new Uint8Array(new BigInt64Array([0n, PATIENCE_NS]).buffer);
  /** An empty set of signals: none is held back while waiting. */
  readonly #mask = new Uint8Array(new ArrayBuffer(128));

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

  #isReady(): boolean {
    const { functions, size } = this.#ffi;
    return Number(functions.ppoll(this.#pollfd, size(1), this.#patience, this.#mask)) > 0;
  }
}

/** A `struct pollfd` that asks whether there is something to read. */
export function pollfd(fd: number): Uint8Array {
  return new Uint8Array(new Int32Array([fd, POLLIN]).buffer);
}
