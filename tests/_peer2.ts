import {
  BufferPool,
  Decoder,
  encodeFrame,
  FrameSplitter,
  FrameWriter,
  newResponse2,
  OP,
  type OperationName,
  REQUEST_2,
  RESPONSE_2,
  type WireRequest2,
  type WireResponse2,
} from "../src/protocol/mod.ts";
import type { Receiver, Transport } from "../src/server/mod.ts";

/** The bytes of one request of version 2. */
export function frame2(name: OperationName | number, fields: Partial<WireRequest2>): Uint8Array {
  const writer = new FrameWriter(64 << 20);
  encodeFrame(writer, REQUEST_2, { ...fields, op: typeof name === "number" ? name : OP[name] });
  return writer.lend().slice();
}

/** The answer in a frame of version 2, without its length. */
export function answer2(body: Uint8Array): WireResponse2 {
  const decoder = new Decoder();
  const response = newResponse2();
  decoder.decode(body, 0, body.length, RESPONSE_2, response);
  if (decoder.fault !== undefined) throw new Error(`A bad answer: ${decoder.fault}`);
  return response;
}

/** A client of version 2 without manners: sends what it is told, and remembers what comes back. */
export class Peer2 implements Receiver {
  /** Resolves when the server will send no more. */
  readonly gone: Promise<unknown>;
  readonly transport: Transport;
  /** The answers in the order in which they came. */
  readonly answers: WireResponse2[] = [];
  /** The notices. */
  readonly notices: WireResponse2[] = [];
  readonly #splitter = new FrameSplitter(1 << 30, new BufferPool(0));
  readonly #waiting = new Map<number, (answer: WireResponse2) => void>();
  readonly #lost: ((error: Error) => void)[] = [];
  #wakeNotice: (() => void) | undefined;
  #lastId = 0;
  #resolveGone!: (error: unknown) => void;
  #isGone = false;

  constructor(transport: Transport) {
    this.transport = transport;
    this.gone = new Promise((resolve) => this.#resolveGone = resolve);
    transport.start(this);
  }

  /** Says hello. */
  static async open(
    transport: Transport,
    fields: Partial<WireRequest2> = {},
  ): Promise<{ peer: Peer2; hello: WireResponse2 }> {
    const peer = new Peer2(transport);
    const hello = await peer.ask("hello", {
      version: 2,
      features: ["notify", "resume"],
      ...fields,
    });
    return { peer, hello };
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.transport.write(bytes);
  }

  /** Sends a request, and returns its number. */
  send(name: OperationName | number, fields: Partial<WireRequest2> = {}): number {
    const id = Number(fields.id ?? ++this.#lastId);
    this.#lastId = Math.max(this.#lastId, id);
    this.raw(frame2(name, { ...fields, id }));
    return id;
  }

  /** Waits for the answer to a request. */
  answer(id: number): Promise<WireResponse2> {
    const found = this.answers.find((answer) => answer.id === id);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      if (this.#isGone) return reject(new Error("The connection is gone"));
      this.#waiting.set(id, resolve);
      this.#lost.push(reject);
    });
  }

  /** Asks, and waits for the answer. */
  ask(
    name: OperationName | number,
    fields: Partial<WireRequest2> = {},
  ): Promise<WireResponse2> {
    return this.answer(this.send(name, fields));
  }

  /** Waits for a notice. */
  async notice(): Promise<WireResponse2> {
    while (this.notices.length === 0) {
      await new Promise<void>((resolve) => this.#wakeNotice = resolve);
    }
    return this.notices.shift()!;
  }

  receive(chunk: Uint8Array): boolean {
    this.#splitter.push(chunk.slice());
    while (this.#splitter.next()) {
      const { bytes, start, end } = this.#splitter;
      const answer = answer2(bytes.slice(start, end));
      if (answer.id === 0 && answer.err === 0) {
        this.notices.push(answer);
        this.#wakeNotice?.();
        continue;
      }
      this.answers.push(answer);
      this.#waiting.get(Number(answer.id))?.(answer);
    }
    return true;
  }

  drained(): void {}

  ended(): void {
    this.#finish();
    this.#resolveGone(undefined);
  }

  closed(error?: unknown): void {
    this.#finish();
    this.#resolveGone(error);
  }

  #finish(): void {
    this.#isGone = true;
    for (const reject of this.#lost.splice(0)) reject(new Error("The connection is gone"));
  }
}
