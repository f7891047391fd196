import { ERRNO, type ErrnoCode, isPromiseLike, toVfsError, VfsError } from "../../fs/mod.ts";
import {
  Decoder,
  decodeRequest2,
  type FrameSplitter,
  type Lifetimes,
  NO_OP,
  OP,
  operationOf,
  ProtocolError,
  type WireRequest2,
} from "../../protocol/mod.ts";
import type { ConnectionHost } from "../connection.ts";
import type { Conversation, Link } from "../conversation.ts";
import { SESSION_OPERATIONS } from "./_session_operations.ts";
import { enterLines, findFiles, isFirst, leaveLines } from "./_lines.ts";
import { weightOf } from "./_weight.ts";
import { Exchange2 } from "./exchange2.ts";
import type { Handler2 } from "./handlers/handler2.ts";
import { HANDLERS_2 } from "./handlers/mod.ts";
import { NoticeWriter } from "./notice_writer.ts";
import { RetainedAnswers } from "./retained_answers.ts";
import type { Session2 } from "./session2.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Version 2: executes the requests of a session concurrently, those on one handle in their order,
 * and answers each when it is done.
 */
export class Mux implements Conversation {
  /** Whose requests they are. */
  readonly session: Session2;
  /** How many requests were answered with an errno, on the present connection. */
  errors = 0;
  readonly #host: ConnectionHost;
  readonly #decoder: Decoder;
  readonly #retained: RetainedAnswers;
  readonly #notices: NoticeWriter;
  readonly #free: Exchange2[] = [];
  /** What the peer waits for. */
  readonly #inflight = new Map<number, Exchange2>();
  /** What is worked on or waits for its turn: beside that, what was cancelled and goes on. */
  readonly #held = new Set<Exchange2>();
  #heldBytes = 0;
  #link: Link | undefined;
  /** The highest id there was. */
  #lastId = 0;
  /** Whether ids may come again, after the connection was lost. */
  #isReplaying = false;
  /** What was in flight when it went on: if it is no more, the new connection has its answer. */
  #carried: ReadonlySet<number> = new Set();
  #isKnown = false;
  #isEnded = false;

  /**
   * @param session Whose requests they are.
   * @param host The server.
   */
  constructor(session: Session2, host: ConnectionHost) {
    this.session = session;
    this.#host = host;
    this.#decoder = new Decoder(session.limits);
    this.#retained = new RetainedAnswers(session.limits.inflight);
    this.#notices = new NoticeWriter(session);
  }

  get handles(): number {
    return this.session.handles.size;
  }

  get isBusy(): boolean {
    return this.#held.size > 0;
  }

  get isFull(): boolean {
    return this.#heldBytes > this.session.limits.inflightBytes;
  }

  /** Whether the session has, or had, a connection. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /**
   * Goes on with a connection. Another one that the session had is closed.
   *
   * @param link The connection.
   */
  attach(link: Link): void {
    const { session } = this;
    const previous = this.#link;
    if (this.#isKnown) {
      this.#isReplaying = true;
      this.#carried = new Set(this.#inflight.keys());
      session.loseNotices();
    }
    this.#isKnown = true;
    this.#link = link;
    this.errors = 0;
    session.outlet.writer = session.newWriter();
    session.onNotice = () => link.wake();
    link.become(this, session.outlet.writer);
    previous?.destroy(new ProtocolError("The session goes on with another connection"));
  }

  beforeSending(): void {
    this.#notices.flush();
  }

  ended(): void {
    // A peer that died looks like one that only has nothing more to say: a word to it tells.
    if (this.isBusy) this.#notices.probe();
  }

  execute(frames: FrameSplitter): undefined {
    const exchange = this.#free.pop() ?? new Exchange2(this.session);
    const { request, reply } = exchange;
    decodeRequest2(this.#decoder, frames.bytes, frames.start, frames.end, request);
    this.#host.counters.count(request.op);
    const { id } = request;
    if (typeof id !== "number" || id < 1) throw new ProtocolError("A request has no id");
    reply.begin(id);
    if (this.#host.cache.hasMounts) reply.ttl = this.#lifetimesOf(request);
    if (!this.#isNew(exchange, id) || !this.#admit(exchange, this.#decoder.fault)) {
      this.#recycle(exchange);
      return;
    }
    const isIdle = findFiles(exchange);
    if (isIdle && this.#run(exchange)) {
      this.#recycle(exchange);
      return;
    }
    this.#hold(exchange, id, frames);
    // A lock that waits holds up nobody.
    if (!isIdle || !exchange.isWaitingLock) enterLines(exchange);
  }

  #lifetimesOf({ path, fh }: WireRequest2): Lifetimes | undefined {
    const where = path === "" ? this.session.handles.find(fh)?.path : path;
    return where === undefined ? undefined : this.#host.cache.of(where);
  }

  /** Whether a request is to be executed, and not one that was before its connection was lost. */
  #isNew(exchange: Exchange2, id: number): boolean {
    if (id > this.#lastId) {
      this.#lastId = id;
      this.#isReplaying = false;
      return true;
    }
    if (!this.#isReplaying) throw new ProtocolError(`The id ${id} is not greater than the last`);
    if (this.#inflight.has(id) || this.#carried.has(id)) return false;
    const frame = this.#retained.find(id);
    if (frame !== undefined) {
      this.session.outlet.writer.raw(frame);
      return false;
    }
    if (operationOf(exchange.request.op)?.once !== true) return true;
    this.#error(exchange, ERRNO.ESTALE);
    return false;
  }

  /** Whether a request is to be given to its handler; otherwise it is answered. */
  #admit(exchange: Exchange2, fault: ErrnoCode | undefined): boolean {
    const { request, reply, session } = exchange;
    const { op } = request;
    const row = exchange.operation = operationOf(op);
    try {
      if (row === undefined) throw new VfsError(op === NO_OP ? "EINVAL" : "ENOSYS");
      if (fault !== undefined) throw new VfsError(fault);
      const own = SESSION_OPERATIONS[op];
      if (own !== undefined) {
        own(exchange, this);
        reply.ok();
        if (op === OP.goodbye) this.#link?.finish();
        return false;
      }
      // What was cancelled and goes on takes room, too: twice as much, and no more.
      const { inflight } = session.limits;
      if (this.#inflight.size >= inflight || this.#held.size >= inflight * 2) {
        throw new VfsError("EAGAIN");
      }
      return true;
    } catch (error) {
      this.#fail(exchange, error);
      // It was not executed, and will not be when it is sent again.
      this.#answered(exchange);
      return false;
    }
  }

  #hold(exchange: Exchange2, id: number, frames: FrameSplitter): void {
    const { request } = exchange;
    this.#inflight.set(id, exchange);
    this.#held.add(exchange);
    this.#heldBytes += weightOf(exchange);
    // The frame is not used again: it may carry what is to be written.
    if (request.data.length > 0) frames.keep();
  }

  /** Begins a request whose turn it is. True if it is answered at once. */
  #run(exchange: Exchange2): boolean {
    const { request, session } = exchange;
    const handler = HANDLERS_2[request.op]!;
    exchange.isRunning = true;
    if (request.op === OP.release) this.#endWaitingLocks(exchange);
    try {
      const value: unknown = handler.run(exchange);
      if (isPromiseLike(value)) {
        exchange.reply.detach();
        void this.#finish(exchange, handler, value);
        return false;
      }
      handler.answer(exchange, value);
      session.changed(request);
    } catch (error) {
      this.#fail(exchange, error);
      session.failed(request);
    }
    this.#answered(exchange);
    return true;
  }

  async #finish(
    exchange: Exchange2,
    handler: Handler2<unknown>,
    promised: PromiseLike<unknown>,
  ): Promise<void> {
    try {
      const value = await promised;
      if (!exchange.isAbandoned) handler.answer(exchange, value);
      else await handler.drop?.(exchange, value);
      this.session.changed(exchange.request);
    } catch (error) {
      if (!exchange.isAbandoned) this.#fail(exchange, error);
      this.session.failed(exchange.request);
    }
    if (!exchange.isAbandoned) this.#answered(exchange);
    this.#release(exchange);
    this.#link?.wake();
  }

  /** Is called for each answer that was written, right after it. */
  #answered(exchange: Exchange2): void {
    const { outlet, agreement } = this.session;
    if (exchange.operation?.once === true && agreement.resumeMs > 0) {
      this.#retained.keep(exchange.reply.id, outlet.writer.last);
    }
    if (this.#link !== undefined) return;
    // Nobody is there: what was written goes nowhere.
    outlet.writer.lend();
    outlet.writer.settle();
  }

  #fail(exchange: Exchange2, thrown: unknown): void {
    const error = toVfsError(thrown);
    this.#error(exchange, error.errno);
    if (error !== thrown && error.code === "EIO") {
      this.session.fault(exchange.operation?.name ?? String(exchange.request.op), thrown);
    }
  }

  #error(exchange: Exchange2, errno: number): void {
    this.errors++;
    exchange.reply.error(errno);
  }

  /** Forgets a request that is over, and begins those that it held up. */
  #release(exchange: Exchange2): void {
    this.#forget(exchange);
    // A list and not recursion: those that waited may all be answered at once, however many.
    const leaving = [exchange];
    for (let one = leaving.pop(); one !== undefined; one = leaving.pop()) {
      for (const next of leaveLines(one)) {
        // One that stands in two lines comes twice here, or was begun by one before it.
        if (!this.#held.has(next) || next.isRunning || !isFirst(next)) continue;
        const isOver = this.#run(next);
        if (isOver) this.#forget(next);
        if (isOver || next.isWaitingLock) leaving.push(next);
      }
      if (!this.#held.has(one)) this.#recycle(one);
    }
  }

  #forget(exchange: Exchange2): void {
    this.#held.delete(exchange);
    this.#heldBytes -= weightOf(exchange);
    const { id } = exchange.reply;
    if (this.#inflight.get(id) === exchange) this.#inflight.delete(id);
  }

  #recycle(exchange: Exchange2): void {
    exchange.reset();
    exchange.request.data = NO_BYTES;
    if (this.#free.length < this.session.limits.inflight) this.#free.push(exchange);
  }

  /**
   * Ends a request before its time, if it can still be ended.
   *
   * @param id Which.
   * @returns Whether it was in flight.
   */
  cancel(id: number): boolean {
    const exchange = this.#inflight.get(id);
    if (exchange === undefined) return false;
    this.#inflight.delete(id);
    const { isRunning } = exchange;
    exchange.isAbandoned = isRunning;
    exchange.reply.abandonHole();
    this.#error(exchange, ERRNO.EINTR);
    this.#answered(exchange);
    // What runs may not heed the signal: until it is over it keeps its place.
    if (isRunning) exchange.abort();
    else this.#release(exchange);
    return true;
  }

  /** A handle that is closed waits for no locks. */
  #endWaitingLocks({ request }: Exchange2): void {
    for (const [id, other] of this.#inflight) {
      const isWaiting = other.isRunning && other.isWaitingLock;
      if (isWaiting && other.request.fh === request.fh) this.cancel(id);
    }
  }

  async end(link: Link, isOver: boolean): Promise<void> {
    // The session may go on with another connection already.
    if (this.#link !== link) return;
    this.#link = undefined;
    this.session.onNotice = () => {};
    if (isOver || !this.#host.sessions.park(this)) await this.close();
  }

  /** Ends the session: stops what is under way and closes every handle. */
  async close(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#host.sessions.remove(this);
    for (const exchange of this.#held) {
      if (exchange.isRunning) exchange.abort();
    }
    await this.session.end();
  }

  /** Says that the peer will not come back. */
  goodbye(): void {
    this.#host.sessions.remove(this);
  }
}
