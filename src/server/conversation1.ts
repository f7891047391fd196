import { Decoder, decodeRequest, type FrameSplitter, FrameWriter, OP } from "../protocol/mod.ts";
import { answer } from "./answer.ts";
import type { ConnectionHost } from "./connection.ts";
import type { Conversation, Link } from "./conversation.ts";
import { Exchange } from "./exchange.ts";
import { Reply } from "./reply.ts";
import { Session } from "./session.ts";
import { hello } from "./v2/hello.ts";

/** Version 1: one request after the other, answered in their order. Every connection begins so. */
export class Conversation1 implements Conversation {
  /** Where the answers are written. */
  readonly writer: FrameWriter;
  readonly #link: Link;
  readonly #host: ConnectionHost;
  readonly #session: Session;
  readonly #decoder: Decoder;
  readonly #reply: Reply;
  readonly #exchange: Exchange;
  #isFirst = true;

  /**
   * @param link The connection.
   * @param host The server.
   */
  constructor(link: Link, host: ConnectionHost) {
    const { limits, pool } = host;
    this.#link = link;
    this.#host = host;
    this.#session = new Session(link.id, host);
    this.#decoder = new Decoder(limits);
    this.writer = new FrameWriter(limits.replyBytes, pool);
    this.#reply = new Reply(this.writer);
    this.#exchange = new Exchange(this.#session, this.#reply);
  }

  get errors(): number {
    return this.#reply.errors;
  }

  get handles(): number {
    return this.#session.handles.size;
  }

  /** Nothing is, beside what the connection itself waits for. */
  get isBusy(): boolean {
    return false;
  }

  /** One request after the other: the connection sees to that. */
  get isFull(): boolean {
    return false;
  }

  execute(frames: FrameSplitter): Promise<void> | undefined {
    const { request } = this.#exchange;
    decodeRequest(this.#decoder, frames.bytes, frames.start, frames.end, request);
    this.#host.counters.count(request.op);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (isFirst && request.op === OP.hello && hello(this.#link, this.#host, frames)) return;
    return answer(this.#exchange, this.#decoder.fault);
  }

  beforeSending(): void {}

  ended(): void {}

  end(): Promise<void> {
    return this.#session.end();
  }
}
