import { writeSync } from "node:fs";
import type { OnReadOpts, Socket } from "node:net";
import type { Receiver, Transport } from "../src/server/transport.ts";
import { nextTurn, TURN_BYTES, Turns } from "./_turns.ts";

/** How much is read at a time. */
const READ_BYTES = 64 * 1024;

/** A socket of `node:net`, which must have been made with `allowHalfOpen`. */
export class NodeTransport implements Transport {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #turns: Turns;
  #receiver: Receiver | undefined;
  #buffer = new Uint8Array(READ_BYTES);
  /** Whether the socket still holds an array that it was given. */
  #holding = false;
  /** What it was not given yet of an array that takes several turns. */
  #rest: Uint8Array | undefined;
  #ending = false;
  #error: unknown;
  readonly #onWritten = (): void => {
    // Called for every write, the last one of a row when nothing is left.
    if (!this.#holding || this.#socket.writableLength > 0 || this.#socket.destroyed) return;
    this.#holding = false;
    if (this.#rest !== undefined) nextTurn(this.#goOn);
    else this.#sentAll();
  };
  readonly #goOn = (): void => {
    const rest = this.#rest!;
    if (this.#socket.destroyed) return;
    const isLast = !this.#turns.needs(rest);
    this.#rest = isLast ? undefined : rest.subarray(TURN_BYTES);
    if (!this.#send(isLast ? rest : rest.subarray(0, TURN_BYTES))) return;
    if (!isLast) nextTurn(this.#goOn);
    else this.#sentAll();
  };

  /**
   * @param open Makes the socket, paused, with this option.
   * @param peer Who is at the other end, for logs.
   * @param turns With whom it shares the event loop.
   */
  constructor(
    open: (onread: OnReadOpts) => Socket,
    peer: string = "",
    turns: Turns = new Turns(),
  ) {
    this.peer = peer;
    this.#turns = turns;
    turns.join();
    this.#socket = open({
      // Asked after each read for where the next one goes.
      buffer: () => this.#receiver?.room?.() ?? this.#buffer,
      callback: (count, buffer) => {
        const isFree = this.#receiver!.receive(buffer.subarray(0, count));
        if (!isFree && buffer === this.#buffer) this.#buffer = new Uint8Array(READ_BYTES);
        return true;
      },
    });
    // A socket that fails before anybody listens must not end the process.
    this.#socket.on("error", (error) => this.#error ??= error);
    this.#socket.on("close", () => turns.leave());
  }

  start(receiver: Receiver): void {
    const socket = this.#socket;
    this.#receiver = receiver;
    socket.on("end", () => receiver.ended());
    socket.on("close", () => receiver.closed(this.#error));
    socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.destroyed || this.#ending) return true;
    if (!this.#turns.needs(bytes)) return this.#send(bytes);
    this.#rest = bytes;
    nextTurn(this.#goOn);
    return false;
  }

  /** Sends what takes one turn at most. False if the socket holds it for a while. */
  #send(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    const sent = socket.writableLength === 0 ? this.#writeNow(bytes) : 0;
    if (sent === bytes.length) return true;
    socket.write(sent === 0 ? bytes : bytes.subarray(sent), this.#onWritten);
    // What the kernel takes at once is not counted as waiting any more.
    if (socket.writableLength === 0) return true;
    this.#holding = true;
    return false;
  }

  /**
   * Writes what the kernel takes at once. It never waits, because the descriptor is not a blocking
   * one, and costs half of what the way through the stream does.
   */
  #writeNow(bytes: Uint8Array): number {
    const fd = (this.#socket as unknown as { _handle?: { fd?: number } })._handle?.fd;
    if (fd === undefined || fd < 0) return 0;
    try {
      return writeSync(fd, bytes);
    } catch {
      // It takes nothing at present, or nothing any more: the stream finds out which.
      return 0;
    }
  }

  #sentAll(): void {
    if (this.#ending) this.#socket.destroySoon();
    else this.#receiver?.drained();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#ending = true;
    if (this.#rest === undefined) this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
