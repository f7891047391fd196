import {
  Decoder,
  decodeRequest,
  FrameSplitter,
  FrameWriter,
  ProtocolError,
} from "../protocol/mod.ts";
import type { BufferPool } from "../protocol/mod.ts";
import { answer } from "./answer.ts";
import { Lasting } from "./_lasting.ts";
import type { ConnectionClosed } from "./events.ts";
import { Exchange } from "./exchange.ts";
import { Reply } from "./reply.ts";
import { Session, type SessionHost } from "./session.ts";
import type { Counters } from "./stats.ts";
import type { Receiver, Transport } from "./transport.ts";

/** What a connection needs to know of its server. */
export interface ConnectionHost extends SessionHost {
  /** Where buffers come from. */
  readonly pool: BufferPool;
  /** The counters of the server. */
  readonly counters: Counters;
  /** Told when a connection is gone and its handles are closed. */
  connectionClosed(connection: Connection, event: ConnectionClosed): void;
}

/** How many bytes of requests may wait before nothing more is read. */
const MOST_HELD = 64 * 1024;

/**
 * One connection of version 1: bytes become frames, frames requests, and requests answers, strictly
 * in order.
 *
 * All requests that have arrived are executed one after another as long as the provider answers at
 * once, and their answers leave in one write. Two things interrupt that: an answer that is promised,
 * and a peer that does not take what was sent. Meanwhile the peer is soon not read from any more.
 */
export class Connection implements Receiver {
  /** The number of the connection. */
  readonly id: number;
  /** Resolves when the connection is gone and its handles are closed. */
  readonly done: Promise<void>;
  readonly #host: ConnectionHost;
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #splitter: FrameSplitter;
  readonly #decoder: Decoder;
  readonly #writer: FrameWriter;
  readonly #exchange: Exchange;
  readonly #reply: Reply;
  readonly #resolveDone: () => void;
  /** A promised answer is waited for. */
  #waiting = false;
  /** The transport still needs what was sent last. */
  #blocked = false;
  /** The transport was asked to stop delivering. */
  #paused = false;
  /** Nothing more is executed: it ends when everything is sent. */
  #ending = false;
  /** The peer sends no more, or the server stops: it ends when what has arrived is answered. */
  #draining = false;
  #closed = false;
  #requests = 0;
  /** Why it ended, if not in order. */
  #reason: unknown;
  readonly #opened = performance.now();
  #requestsThen = 0;
  readonly #halfwayFor = new Lasting();
  readonly #idleFor = new Lasting();
  readonly #endingFor = new Lasting();

  /**
   * @param id The number of the connection.
   * @param transport Its bytes.
   * @param host The server.
   */
  constructor(id: number, transport: Transport, host: ConnectionHost) {
    const { limits, pool } = host;
    this.id = id;
    this.#host = host;
    this.#transport = transport;
    this.#session = new Session(id, host);
    this.#splitter = new FrameSplitter(limits.frameBytes, pool);
    this.#decoder = new Decoder(limits);
    this.#writer = new FrameWriter(limits.replyBytes, pool);
    this.#reply = new Reply(this.#writer);
    this.#exchange = new Exchange(this.#session, this.#reply);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolveDone = resolve;
  }

  /** How many requests were answered with an errno. */
  get errors(): number {
    return this.#reply.errors;
  }

  /** Begins to serve. */
  start(): void {
    this.#transport.start(this);
  }

  /** Answers what has arrived, then closes. */
  drain(): void {
    this.#draining = true;
    this.#pump();
  }

  /** Closes at once. */
  destroy(reason?: unknown): void {
    this.#reason ??= reason;
    this.#ending = true;
    this.#transport.destroy();
  }

  receive(chunk: Uint8Array): boolean {
    this.#host.counters.bytesIn += chunk.length;
    if (this.#ending) return true;
    this.#splitter.push(chunk);
    this.#pump();
    // While something is waited for, a little more is read: that is how one learns of a hang-up.
    if (this.#splitter.held > MOST_HELD) this.#pause();
    return !this.#splitter.holding;
  }

  drained(): void {
    this.#blocked = false;
    this.#writer.settle();
    this.#pump();
  }

  ended(): void {
    this.drain();
  }

  closed(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending = true;
    this.#reason ??= error;
    void this.#cleanUp();
  }

  async #cleanUp(): Promise<void> {
    const handles = this.#session.handles.size;
    await this.#session.end();
    this.#host.connectionClosed(this, {
      type: "close",
      connection: this.id,
      requests: this.#requests,
      errors: this.errors,
      handles,
      durationMs: performance.now() - this.#opened,
      ...(this.#reason === undefined ? {} : { error: this.#reason }),
    });
    this.#resolveDone();
  }

  /** Executes what has arrived, as far as nothing has to be waited for. */
  #pump(): void {
    if (this.#waiting || this.#blocked || this.#ending) return;
    const { batchBytes } = this.#host.limits;
    try {
      while (this.#splitter.next()) {
        const pending = this.#execute();
        if (pending !== undefined) return this.#wait(pending);
        if (this.#writer.unsent >= batchBytes && !this.#flush()) return;
      }
    } catch (error) {
      return this.#abort(error);
    }
    if (!this.#flush()) return;
    if (this.#draining) this.#finish();
    else this.#resume();
  }

  #execute(): Promise<void> | undefined {
    const { bytes, start, end } = this.#splitter;
    const { request } = this.#exchange;
    decodeRequest(this.#decoder, bytes, start, end, request);
    this.#requests++;
    this.#host.counters.count(request.op);
    return answer(this.#exchange, this.#decoder.fault);
  }

  #wait(pending: Promise<void>): void {
    this.#waiting = true;
    // The answers before this one are complete, and their requests shall not wait for it.
    this.#flush();
    void pending.then(() => {
      this.#waiting = false;
      this.#pump();
    });
  }

  /** Hands out what is complete. False if the transport has to get rid of it first. */
  #flush(): boolean {
    if (this.#writer.unsent === 0) return true;
    const bytes = this.#writer.lend();
    this.#host.counters.bytesOut += bytes.length;
    if (this.#transport.write(bytes)) {
      this.#writer.settle();
      return true;
    }
    this.#blocked = true;
    return false;
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#transport.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#transport.resume();
  }

  /** What the peer sent is not the protocol: what came before is answered, and that is all. */
  #abort(reason: unknown): void {
    this.#reason ??= reason;
    this.#host.counters.aborted++;
    this.#flush();
    this.#finish();
  }

  #finish(): void {
    this.#ending = true;
    this.#pause();
    this.#transport.end();
  }

  /**
   * Looks after deadlines. Called once in a while, so that requests need no clock of their own.
   *
   * @param now The present, on a clock that never jumps, in milliseconds.
   */
  sweep(now: number): void {
    const { frameMs, idleMs, drainMs } = this.#host.limits;
    const quiet = !this.#waiting && !this.#blocked && this.#requests === this.#requestsThen;
    this.#requestsThen = this.#requests;
    if (this.#endingFor.lasted(this.#ending, now) >= drainMs) return this.#transport.destroy();
    const halfway = this.#halfwayFor.lasted(quiet && this.#splitter.midFrame, now);
    const idle = this.#idleFor.lasted(quiet, now);
    if (frameMs > 0 && halfway >= frameMs) {
      this.#expire(`A frame was not complete in ${frameMs} ms`);
    } else if (idleMs > 0 && idle >= idleMs) this.#expire(`Nothing was asked for in ${idleMs} ms`);
  }

  #expire(reason: string): void {
    if (this.#ending) return;
    this.#host.counters.aborted++;
    this.destroy(new ProtocolError(reason));
  }
}
