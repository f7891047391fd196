import { setImmediate } from "node:timers";

/** How much of one connection's bytes is sent before the others have their turn. */
export const TURN_BYTES: number = 144 * 1024;

/**
 * Who shares an event loop: the connections of one listener.
 *
 * A reader who is quick makes room for the next bytes as fast as they are written. Without turns, an
 * answer of a megabyte would keep everybody else waiting until all of it is sent.
 */
export class Turns {
  #members = 0;

  /** A connection begins. */
  join(): void {
    this.#members++;
  }

  /** A connection is gone. */
  leave(): void {
    this.#members--;
  }

  /** Whether there is no connection. */
  get isEmpty(): boolean {
    return this.#members === 0;
  }

  /**
   * Tells whether something is so large that it is sent in turns. Whoever is alone need not.
   *
   * @param bytes What is to be sent.
   */
  needs(bytes: Uint8Array): boolean {
    return bytes.length > TURN_BYTES && this.#members > 1;
  }
}

/** Calls back when the event loop has looked after everybody else once. */
export function nextTurn(callback: () => void): void {
  setImmediate(callback);
}
