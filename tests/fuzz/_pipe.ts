import type { Receiver, Transport } from "../../src/server/mod.ts";

/**
 * A connection without an event loop: what is sent is delivered within the call, and what comes back
 * is there when it returns.
 */
export class Pipe implements Transport {
  readonly peer = "fuzz";
  /** What the server sent since the last look. */
  readonly sent: Uint8Array[] = [];
  /** Whether the server closed it. */
  isClosed = false;
  #receiver!: Receiver;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Delivers bytes to the server, in pieces if it is told so. */
  deliver(bytes: Uint8Array, piece: number = bytes.length): void {
    for (let start = 0; start < bytes.length && !this.isClosed; start += piece) {
      const part = bytes.slice(start, start + piece);
      // A server that is done with the array must not look at it again.
      if (this.#receiver.receive(part)) part.fill(0xa5);
    }
  }

  write(bytes: Uint8Array): boolean {
    this.sent.push(bytes.slice());
    return true;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    queueMicrotask(() => this.#receiver.closed());
  }
}
