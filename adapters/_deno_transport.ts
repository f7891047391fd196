import type { Receiver, Transport } from "../src/server/transport.ts";
import { DenoTurns } from "./_deno_turns.ts";
import { TURN_BYTES } from "./_turns.ts";

/** How much is read at a time. */
const READ_BYTES = 64 * 1024;
/** Writes up to this are copied, so that whoever wrote them need not wait for the kernel. */
const COPIED_BYTES = 16 * 1024;
/** How much is copied at most while a write is under way. */
const QUEUE_BYTES = 64 * 1024;

/** A connection of `Deno.listen` or `Deno.connect`. */
export class DenoTransport implements Transport {
  readonly peer: string;
  readonly #conn: Deno.Conn;
  readonly #turns: DenoTurns;
  #receiver: Receiver | undefined;
  #resumed: PromiseWithResolvers<void> | undefined;
  /** Copies that wait for the write under way. */
  #queue: Uint8Array | undefined;
  #queued = 0;
  /** The other buffer for copies: one is filled while one is written. */
  #spare: Uint8Array | undefined;
  /** An array of the caller's that is to be written after the copies. */
  #held: Uint8Array | undefined;
  #sending = false;
  #ending = false;
  #closed = false;

  constructor(conn: Deno.Conn, peer = "", turns: DenoTurns = new DenoTurns()) {
    this.#conn = conn;
    this.peer = peer;
    this.#turns = turns;
    turns.join();
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    queueMicrotask(() => void this.#read(receiver));
  }

  async #read(receiver: Receiver): Promise<void> {
    let buffer = new Uint8Array(READ_BYTES);
    try {
      while (!this.#closed) {
        if (this.#resumed !== undefined) await this.#resumed.promise;
        const room = receiver.room?.();
        const target = room ?? buffer;
        const count = await this.#conn.read(target);
        if (this.#closed) return;
        if (count === null) return receiver.ended();
        const isFree = receiver.receive(target.subarray(0, count));
        if (room === undefined && !isFree) buffer = new Uint8Array(READ_BYTES);
      }
    } catch (error) {
      this.#close(error);
    }
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ending) return true;
    const copied = bytes.length <= COPIED_BYTES && this.#queued + bytes.length <= QUEUE_BYTES;
    if (copied) {
      this.#queue ??= new Uint8Array(QUEUE_BYTES);
      this.#queue.set(bytes, this.#queued);
      this.#queued += bytes.length;
    } else {
      this.#held = bytes;
    }
    if (!this.#sending) void this.#send();
    return copied;
  }

  async #send(): Promise<void> {
    this.#sending = true;
    try {
      while (!this.#closed) {
        if (this.#queued > 0) await this.#sendQueue();
        else if (this.#held !== undefined) await this.#sendHeld(this.#held);
        else break;
      }
    } catch (error) {
      this.#close(error);
    }
    this.#sending = false;
    if (this.#ending) this.#close(undefined);
  }

  async #sendQueue(): Promise<void> {
    const queue = this.#queue!;
    const bytes = queue.subarray(0, this.#queued);
    this.#queue = this.#spare;
    this.#spare = undefined;
    this.#queued = 0;
    await this.#writeAll(bytes);
    this.#spare = queue;
  }

  async #sendHeld(bytes: Uint8Array): Promise<void> {
    await this.#writeAll(bytes);
    this.#held = undefined;
    if (!this.#closed) this.#receiver?.drained();
  }

  /** A write may take a part only. */
  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed;) {
      const rest = at === 0 ? bytes : bytes.subarray(at);
      at += this.#turns.needs(bytes) ? await this.#writeTurn(rest) : await this.#conn.write(rest);
    }
  }

  async #writeTurn(rest: Uint8Array): Promise<number> {
    await this.#turns.next();
    return this.#closed ? 0 : await this.#conn.write(rest.subarray(0, TURN_BYTES));
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  end(): void {
    this.#ending = true;
    if (!this.#sending) this.#close(undefined);
  }

  destroy(): void {
    this.#close(undefined);
  }

  #close(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#turns.leave();
    this.resume();
    try {
      this.#conn.close();
    } catch {
      // Closed by the runtime already.
    }
    const receiver = this.#receiver;
    if (receiver !== undefined) queueMicrotask(() => receiver.closed(error));
  }
}
