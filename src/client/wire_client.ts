import { errnoName, toVfsError, VfsError } from "../fs/mod.ts";
import {
  BufferPool,
  Decoder,
  encodeFrame,
  FrameSplitter,
  FrameWriter,
  newResponse,
  OP,
  type OperationName,
  REQUEST,
  RESPONSE,
  type WireRequest,
  type WireResponse,
} from "../protocol/mod.ts";
import type { Receiver, Transport } from "../server/transport.ts";
import { PendingCalls } from "./_pending_calls.ts";
import type { ClientOptions } from "./client_options.ts";

/** The fields of a request beside those that a client fills in itself. */
export type CallFields = Partial<Omit<WireRequest, "op" | "uid" | "gid">>;

/**
 * The client's end of a connection of version 1: requests go out in the order of the calls, those of
 * one turn of the event loop in one write, and answers come back in the same order.
 *
 * Several calls may be under way at a time. {@link VfsClient1} has a method for each operation.
 *
 * @example
 * ```ts
 * import { MemoryProvider, StreamTransport, VfsServer, WireClient } from "@vfs/server/core";
 *
 * const server = new VfsServer(MemoryProvider.from({ "a.txt": "hello" }));
 * const there = new TransformStream<Uint8Array, Uint8Array>();
 * const back = new TransformStream<Uint8Array, Uint8Array>();
 * void server.handleConnection({ readable: there.readable, writable: back.writable });
 * const client = new WireClient(
 *   new StreamTransport({ readable: back.readable, writable: there.writable }),
 * );
 * const { stat } = await client.call("getattr", { path: "/a.txt" });
 * console.log(stat?.size); // 5
 * await client.close();
 * await server.stop();
 * ```
 */
export class WireClient {
  readonly #transport: Transport;
  readonly #timeoutMs: number;
  readonly #uid: number;
  readonly #gid: number;
  readonly #pool = new BufferPool();
  readonly #writer: FrameWriter;
  readonly #splitter: FrameSplitter;
  readonly #decoder = new Decoder();
  readonly #pending = new PendingCalls();
  readonly #closed = Promise.withResolvers<void>();
  #flushing = false;
  #blocked = false;
  #failure: VfsError | undefined;

  /**
   * Begins to speak over a connection.
   *
   * @param transport The connection. The client starts it.
   * @param options How to behave.
   */
  constructor(transport: Transport, options: ClientOptions = {}) {
    const replyBytes = options.replyBytes ?? 16 << 20;
    this.#transport = transport;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#uid = options.uid ?? 0;
    this.#gid = options.gid ?? 0;
    this.#writer = new FrameWriter(16 << 20, this.#pool);
    this.#splitter = new FrameSplitter(replyBytes, this.#pool);
    transport.start(this.#receiver());
  }

  /** Resolves when the connection is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  #receiver(): Receiver {
    return {
      room: () => this.#splitter.room(),
      receive: (chunk) => this.#receive(chunk),
      drained: () => {
        this.#blocked = false;
        this.#writer.settle();
        this.#flush();
      },
      ended: () => {
        this.#fail(new VfsError("ECONNRESET", "the server closed the connection"));
        this.#transport.destroy();
      },
      closed: (error) => {
        this.#fail(
          error === undefined
            ? new VfsError("ECONNRESET", "the connection is closed")
            : toVfsError(error, "the connection broke"),
        );
        this.#closed.resolve();
      },
    };
  }

  /**
   * Makes one request.
   *
   * @param name The operation.
   * @param fields The fields of the request.
   * @param timeoutMs How long the answer may take, instead of what the options said.
   * @returns The answer, which has no errno. Its `data` is the caller's.
   * @throws {VfsError} The errno of the answer; ETIMEDOUT, ECONNRESET if the connection is gone,
   * EPROTO if the server does not speak the protocol.
   * @throws {TypeError} A field cannot be sent.
   */
  async call(
    name: OperationName,
    fields: CallFields,
    timeoutMs: number = this.#timeoutMs,
  ): Promise<WireResponse> {
    if (this.#failure !== undefined) throw this.#failure;
    encodeFrame(this.#writer, REQUEST, {
      ...fields,
      op: OP[name],
      uid: this.#uid,
      gid: this.#gid,
    });
    this.#flushSoon();
    const response = await this.#pending.add(timeoutMs, name);
    if (response.err === 0) return response;
    const detail = fields.path ?? `handle ${String(fields.fh)}`;
    throw new VfsError(errnoName(-response.err) ?? "EIO", `${name} ${detail}`);
  }

  /**
   * Closes the connection. Calls under way fail with ECONNRESET.
   *
   * @returns When it is closed.
   */
  close(): Promise<void> {
    this.#fail(new VfsError("ECONNRESET", "the client was closed"));
    this.#transport.destroy();
    return this.closed;
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#blocked || this.#writer.unsent === 0 || this.#failure !== undefined) return;
    if (this.#transport.write(this.#writer.lend())) this.#writer.settle();
    else this.#blocked = true;
  }

  #receive(chunk: Uint8Array): boolean {
    this.#splitter.push(chunk);
    try {
      while (this.#splitter.next()) this.#answer();
    } catch (error) {
      this.#fail(
        new VfsError("EPROTO", "the server does not speak the protocol", { cause: error }),
      );
      this.#transport.destroy();
    }
    return true;
  }

  #answer(): void {
    const { bytes, start, end } = this.#splitter;
    const response = newResponse();
    this.#decoder.decode(bytes, start, end, RESPONSE, response);
    if (this.#decoder.fault !== undefined) throw new VfsError(this.#decoder.fault);
    // The bytes belong to the transport.
    if (response.data.length > 0) response.data = response.data.slice();
    if (!this.#pending.answer(response)) throw new VfsError("EPROTO", "an answer to no request");
  }

  #fail(error: VfsError): void {
    this.#failure ??= error;
    this.#pending.fail(this.#failure);
  }
}
