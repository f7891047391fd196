import type { Receiver, Transport } from "../src/server/transport.ts";
import type { BunHandler, BunSocket } from "./_bun_api.ts";

/** A socket of `Bun.listen` or `Bun.connect`. */
export class BunTransport implements Transport, BunHandler {
  readonly peer: string;
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

  constructor(peer = "") {
    this.peer = peer;
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

  onData(chunk: Uint8Array): void {
    // Bun makes a new array for each piece, so nobody minds who keeps it.
    if (this.#receiver === undefined) this.#early.push(chunk);
    else this.#receiver.receive(chunk);
  }

  onEnd(): void {
    if (this.#receiver === undefined) this.#earlyEnd = true;
    else this.#receiver.ended();
  }

  onClose(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error ??= error;
    this.#receiver?.closed(this.#error);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ending) return true;
    this.#rest = bytes;
    return this.#send();
  }

  /** Sends on. True when there is nothing left. */
  #send(): boolean {
    const rest = this.#rest!;
    const sent = this.#socket!.write(rest);
    if (sent < rest.length) {
      if (sent > 0) this.#rest = rest.subarray(sent);
      return false;
    }
    this.#rest = undefined;
    return true;
  }

  onDrain(): void {
    if (this.#rest === undefined || this.#closed || !this.#send()) return;
    if (this.#ending) this.#socket?.end();
    else this.#receiver?.drained();
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
