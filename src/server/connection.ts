import type { BufferPool, FrameWriter } from "../protocol/mod.ts";
import { FrameSplitter, ProtocolError } from "../protocol/mod.ts";
import { Lasting } from "./_lasting.ts";
import type { CacheRules } from "./cache_rules.ts";
import type { Conversation, Link } from "./conversation.ts";
import { Conversation1 } from "./conversation1.ts";
import type { ConnectionClosed } from "./events.ts";
import type { SessionHost } from "./session.ts";
import type { Counters } from "./stats.ts";
import type { Receiver, Transport } from "./transport.ts";
import type { SessionRegistry } from "./v2/session_registry.ts";

/** What a connection needs to know of its server. */
export interface ConnectionHost extends SessionHost {
  /** Where buffers come from. */
  readonly pool: BufferPool;
  /** The counters of the server. */
  readonly counters: Counters;
  /** How long clients may cache what. */
  readonly cache: CacheRules;
  /** Sessions of version 2 that may outlive their connections. */
  readonly sessions: SessionRegistry;
  /** Told when a connection is gone and its handles are closed. */
  connectionClosed(connection: Connection, event: ConnectionClosed): void;
}

/** How many bytes of requests may wait before nothing more is read. */
const MOST_HELD = 64 * 1024;

/**
 * One connection: bytes become frames, and a {@link Conversation} makes answers of them.
 *
 * All requests that have arrived are executed one after another as long as the provider answers at
 * once, and their answers leave in one write. Two things interrupt that: an answer that has to be
 * waited for, and a peer that does not take what was sent. Meanwhile the peer is soon not read from
 * any more.
 */
export class Connection implements Receiver, Link {
  /** The number of the connection. */
  readonly id: number;
  /** Resolves when the connection is gone and its handles are closed. */
  readonly done: Promise<void>;
  readonly #host: ConnectionHost;
  readonly #transport: Transport;
  readonly #splitter: FrameSplitter;
  #conversation: Conversation;
  #writer: FrameWriter;
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
  /** Somebody said that there is something to do. */
  #woken = false;
  /** The server decided that it ends, and the peer shall not come back. */
  #over = false;
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
    this.#splitter = new FrameSplitter(limits.frameBytes, pool);
    const conversation = new Conversation1(this, host);
    this.#conversation = conversation;
    this.#writer = conversation.writer;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.done = promise;
    this.#resolveDone = resolve;
  }

  /** How many requests were answered with an errno. */
  get errors(): number {
    return this.#conversation.errors;
  }

  /** Begins to serve. */
  start(): void {
    this.#transport.start(this);
  }

  /** The server stops: answers what has arrived, then closes. */
  drain(): void {
    this.#over = true;
    this.ended();
  }

  destroy(reason?: unknown): void {
    this.#reason ??= reason;
    this.#ending = true;
    this.#transport.destroy();
  }

  become(next: Conversation, writer: FrameWriter): void {
    this.#conversation = next;
    this.#writer = writer;
  }

  wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    // What else is answered in this turn of the loop leaves in the same write.
    queueMicrotask(() => {
      this.#woken = false;
      this.#pump();
    });
  }

  room(): Uint8Array | undefined {
    return this.#ending ? undefined : this.#splitter.room();
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
    this.#draining = true;
    if (!this.#ending) this.#conversation.ended();
    this.#pump();
  }

  closed(error?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending = true;
    this.#reason ??= error;
    void this.#cleanUp();
  }

  async #cleanUp(): Promise<void> {
    const { handles } = this.#conversation;
    await this.#conversation.end(this, this.#over);
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
      while (!this.#ending && !this.#conversation.isFull && this.#splitter.next()) {
        this.#requests++;
        const pending = this.#conversation.execute(this.#splitter);
        if (pending !== undefined) return this.#wait(pending);
        // Where this has to wait, the transport shall have its array back.
        if (this.#writer.unsent >= batchBytes && !this.#flush()) return this.#splitter.done();
      }
    } catch (error) {
      return this.#abort(error);
    }
    if (this.#ending) return;
    this.#conversation.beforeSending();
    if (!this.#flush()) return;
    if (!this.#draining) this.#resume();
    else if (!this.#conversation.isBusy) this.finish();
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
    this.#over = true;
    this.#host.counters.aborted++;
    this.finish();
  }

  finish(): void {
    this.#flush();
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
    const quiet = !this.#waiting && !this.#blocked && !this.#conversation.isBusy &&
      this.#requests === this.#requestsThen;
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
    this.#over = true;
    this.#host.counters.aborted++;
    this.destroy(new ProtocolError(reason));
  }
}
