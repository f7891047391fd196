import type { Receiver, Transport } from "./transport.ts";

/** Any two-way stream of bytes of the web platform, for instance a socket. */
export interface DuplexStream {
  /** What arrives. */
  readonly readable: ReadableStream<Uint8Array>;
  /** What is sent. */
  readonly writable: WritableStream<Uint8Array>;
}

/**
 * Makes a {@link Transport} of a pair of web streams.
 *
 * It works everywhere and is not the fastest: adapters have better ones for sockets.
 *
 * @example
 * ```ts
 * import { StreamTransport } from "@vfs/server/core";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const transport = new StreamTransport({ readable, writable }, "echo");
 * console.log(transport.peer); // "echo"
 * ```
 */
export class StreamTransport implements Transport {
  /** Who is at the other end, for logs. */
  readonly peer: string;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #receiver: Receiver | undefined;
  #resumed: PromiseWithResolvers<void> | undefined;
  #sent: Promise<void> = Promise.resolve();
  #closed = false;

  /**
   * Makes a transport of a pair of streams.
   *
   * @param stream The streams. They are locked.
   * @param peer Who is at the other end, for logs.
   */
  constructor(stream: DuplexStream, peer = "") {
    this.peer = peer;
    this.#reader = stream.readable.getReader();
    this.#writer = stream.writable.getWriter();
    // Failures are learned from reads and writes; these two must not count as unhandled beside.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  /** Begins to read. */
  start(receiver: Receiver): void {
    this.#receiver = receiver;
    queueMicrotask(() => void this.#read(receiver));
  }

  async #read(receiver: Receiver): Promise<void> {
    try {
      while (!this.#closed) {
        await this.#resumed?.promise;
        const { done, value } = await this.#reader.read();
        if (this.#closed) return;
        if (done) return receiver.ended();
        receiver.receive(value);
      }
    } catch (error) {
      this.#close(error);
    }
  }

  /** Sends bytes; the stream keeps the array until it has written it. */
  write(bytes: Uint8Array): boolean {
    this.#sent = this.#send(bytes);
    return false;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
      if (!this.#closed) this.#receiver?.drained();
    } catch (error) {
      this.#close(error);
    }
  }

  /** Stops reading; what is being read still arrives. */
  pause(): void {
    this.#resumed ??= Promise.withResolvers();
  }

  /** Goes on reading. */
  resume(): void {
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  /** Closes when everything is written. */
  end(): void {
    void this.#end();
  }

  async #end(): Promise<void> {
    await this.#sent;
    try {
      await this.#writer.close();
      this.#close(undefined);
    } catch (error) {
      this.#close(error);
    }
  }

  /** Closes at once. */
  destroy(): void {
    this.#close(undefined);
  }

  #close(error: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.resume();
    this.#reader.cancel(error).catch(() => {});
    this.#writer.abort(error).catch(() => {});
    const receiver = this.#receiver;
    if (receiver !== undefined) queueMicrotask(() => receiver.closed(error));
  }
}
