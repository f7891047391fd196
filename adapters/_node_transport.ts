import type { OnReadOpts, Socket } from "node:net";
import type { Receiver, Transport } from "../src/server/transport.ts";

/** How much is read at a time. */
const READ_BYTES = 64 * 1024;

/** A socket of `node:net`, which must have been made with `allowHalfOpen`. */
export class NodeTransport implements Transport {
  readonly peer: string;
  readonly #socket: Socket;
  #receiver: Receiver | undefined;
  #buffer = new Uint8Array(READ_BYTES);
  /** Whether the socket still holds an array that it was given. */
  #holding = false;
  #error: unknown;
  readonly #onWritten = (): void => {
    // Called for every write, the last one of a row when nothing is left.
    if (!this.#holding || this.#socket.writableLength > 0 || this.#socket.destroyed) return;
    this.#holding = false;
    this.#receiver?.drained();
  };

  /**
   * @param open Makes the socket, paused, with this option.
   * @param peer Who is at the other end, for logs.
   */
  constructor(open: (onread: OnReadOpts) => Socket, peer = "") {
    this.peer = peer;
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
    if (socket.destroyed || socket.writableEnded) return true;
    socket.write(bytes, this.#onWritten);
    // What the kernel takes at once is not counted as waiting any more.
    if (socket.writableLength === 0) return true;
    this.#holding = true;
    return false;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
