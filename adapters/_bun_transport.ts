import type { Receiver, Transport } from "../src/server/transport.ts";
import type { BunHandler, BunSocket } from "./_bun_api.ts";
import { nextTurn, TURN_BYTES, Turns } from "./_turns.ts";

/** Arrays from this size on are worth the call that frees them. */
const LARGE_BYTES = 16 * 1024;

/**
 * Frees the memory of an array at once, so that the next one gets it while it is warm. Left to the
 * garbage collector, each new array is memory that the system has to find and to clear.
 */
function release({ buffer, length }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === length) buffer.transfer(0);
}

/** A socket of `Bun.listen` or `Bun.connect`. */
export class BunTransport implements Transport, BunHandler {
  readonly peer: string;
  readonly #turns: Turns;
  #socket: BunSocket | undefined;
  #receiver: Receiver | undefined;
  /** What arrived before anybody wanted it. */
  #early: Uint8Array[] = [];
  #earlyEnd = false;
  /** What the kernel has not taken yet of the array that is being sent. */
  #rest: Uint8Array | undefined;
  #ending = false;
  #closed = false;
  #error: unknown;

  constructor(peer = "", turns: Turns = new Turns()) {
    this.peer = peer;
    this.#turns = turns;
    turns.join();
  }

  onOpen(socket: BunSocket): void {
    this.#socket = socket;
  }

  start(receiver: Receiver): void {
    queueMicrotask(() => {
      this.#receiver = receiver;
      for (const chunk of this.#early.splice(0)) receiver.receive(chunk);
      if (this.#closed) receiver.closed(this.#error);
      else if (this.#earlyEnd) receiver.ended();
    });
  }

  onData(chunk: Uint8Array<ArrayBuffer>): void {
    // Bun makes a new array for each piece, so nobody minds who keeps it.
    if (this.#receiver === undefined) this.#early.push(chunk);
    else if (this.#receiver.receive(chunk) && chunk.length >= LARGE_BYTES) release(chunk);
  }

  onEnd(): void {
    if (this.#receiver === undefined) this.#earlyEnd = true;
    else this.#receiver.ended();
  }

  onClose(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turns.leave();
    this.#error ??= error;
    this.#receiver?.closed(this.#error);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ending) return true;
    this.#rest = bytes;
    if (!this.#turns.needs(bytes)) return this.#send();
    nextTurn(this.#goOn);
    return false;
  }

  /** Sends on, a turn's worth. True when there is nothing left. */
  #send(): boolean {
    const rest = this.#rest!;
    const part = this.#turns.needs(rest) ? rest.subarray(0, TURN_BYTES) : rest;
    const sent = this.#socket!.write(part);
    if (sent === rest.length) {
      this.#rest = undefined;
      return true;
    }
    if (sent > 0) this.#rest = rest.subarray(sent);
    if (sent === part.length) nextTurn(this.#goOn);
    return false;
  }

  readonly #goOn = (): void => {
    if (this.#rest === undefined || this.#closed || !this.#send()) return;
    if (this.#ending) this.#socket?.end();
    else this.#receiver?.drained();
  };

  onDrain(): void {
    this.#goOn();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    if (!this.#closed) this.#socket?.resume();
  }

  end(): void {
    this.#ending = true;
    if (this.#rest === undefined) this.#socket?.end();
  }

  destroy(): void {
    this.#ending = true;
    this.#socket?.terminate();
  }
}
