import type { Socket } from "node:net";
import type { Receiver, Transport } from "../src/server/transport.ts";

/** A socket of `node:net`, which must have been made with `allowHalfOpen`. */
export class NodeTransport implements Transport {
  readonly peer: string;
  readonly #socket: Socket;
  #receiver: Receiver | undefined;
  /** Whether the socket still holds an array that it was given. */
  #holding = false;
  #error: unknown;
  readonly #onWritten = (): void => {
    // Called for every write, the last one of a row when nothing is left.
    if (!this.#holding || this.#socket.writableLength > 0 || this.#socket.destroyed) return;
    this.#holding = false;
    this.#receiver?.drained();
  };

  constructor(socket: Socket, peer = "") {
    this.#socket = socket;
    this.peer = peer;
    // A socket that fails before anybody listens must not end the process.
    socket.on("error", (error) => this.#error ??= error);
  }

  start(receiver: Receiver): void {
    const socket = this.#socket;
    this.#receiver = receiver;
    socket.on("end", () => receiver.ended());
    socket.on("close", () => receiver.closed(this.#error));
    // Node makes a new array for each piece, so nobody minds who keeps it.
    socket.on("data", (chunk) => void receiver.receive(chunk as unknown as Uint8Array));
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
