import { setImmediate } from "node:timers";
import type { Receiver, Transport } from "../src/server/mod.ts";

/** How a pair of transports behaves. */
export interface PairOptions {
  /** How many bytes may be under way in one direction before `write` says false (default: any). */
  readonly capacity?: number;
  /** The largest piece in which bytes arrive (default: as they were written). */
  readonly chunk?: number;
}

/** One end of a connection in memory, made like a socket: asynchronous, ordered, half-closable. */
export class MemoryTransport implements Transport {
  readonly peer = "memory";
  /** Whether the other end was paused; what is under way meanwhile stays there. */
  paused = false;
  destroyed = false;
  readonly #options: PairOptions;
  #other!: MemoryTransport;
  #receiver: Receiver | undefined;
  /** What is under way to this end. */
  #inbox: Uint8Array[] = [];
  #inboxEnded = false;
  #endDelivered = false;
  #scheduled = false;
  #endAfterFlush = false;
  /** This end wrote more than the capacity, and waits for `drained`. */
  #full = false;
  #closed = false;

  private constructor(options: PairOptions) {
    this.#options = options;
  }

  static pair(options: PairOptions = {}): [MemoryTransport, MemoryTransport] {
    const a = new MemoryTransport(options);
    const b = new MemoryTransport(options);
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  write(bytes: Uint8Array): boolean {
    if (this.destroyed || this.#endAfterFlush) return true;
    if (this.#full) throw new Error("write() before drained()");
    const other = this.#other;
    const free = (this.#options.capacity ?? Infinity) - other.#waiting();
    if (bytes.length <= free) {
      other.#inbox.push(bytes.slice());
      other.#schedule();
      return true;
    }
    // Not a copy: whoever changes the array before `drained` corrupts what arrives, as in life.
    other.#inbox.push(bytes);
    this.#full = true;
    other.#schedule();
    return false;
  }

  #waiting(): number {
    return this.#inbox.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#schedule();
  }

  end(): void {
    this.#endAfterFlush = true;
    this.#other.#inboxEnded = true;
    this.#other.#schedule();
    if (!this.#full) this.#gone();
  }

  /** Sends no more, but goes on reading: what `shutdown(SHUT_WR)` does. */
  halfClose(): void {
    this.#other.#inboxEnded = true;
    this.#other.#schedule();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    const other = this.#other;
    queueMicrotask(() => {
      this.#close(undefined);
      other.#close(other.#inboxEnded ? undefined : new Error("reset by the peer"));
    });
  }

  #gone(): void {
    this.destroyed = true;
    queueMicrotask(() => this.#close(undefined));
  }

  #close(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.destroyed = true;
    this.#receiver?.closed(error);
  }

  #schedule(): void {
    if (this.#scheduled || this.#receiver === undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver(this.#receiver!);
    });
  }

  #deliver(receiver: Receiver): void {
    while (!this.paused && this.#inbox.length > 0 && !this.#closed) {
      const whole = this.#inbox.shift()!;
      const size = this.#options.chunk ?? whole.length;
      const piece = whole.slice(0, size);
      if (size < whole.length) this.#inbox.unshift(whole.subarray(size));
      // A receiver that is done with the array must not look at it again.
      const room = receiver.room?.();
      if (room !== undefined && room.length >= piece.length) {
        room.set(piece);
        receiver.receive(room.subarray(0, piece.length));
      } else if (receiver.receive(piece)) piece.fill(0xee);
    }
    if (this.#inbox.length === 0) this.#other.#drained();
    if (this.#inbox.length > 0 || !this.#inboxEnded || this.#endDelivered || this.#closed) return;
    this.#endDelivered = true;
    receiver.ended();
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    if (this.#endAfterFlush) this.#gone();
    else if (!this.#closed) this.#receiver?.drained();
  }
}
