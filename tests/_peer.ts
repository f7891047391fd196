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
} from "../src/protocol/mod.ts";
import type { Receiver, Transport } from "../src/server/mod.ts";

/** The bytes of one request. */
export function frameOf(
  name: OperationName | number,
  fields: Partial<WireRequest> = {},
): Uint8Array {
  const writer = new FrameWriter();
  encodeFrame(writer, REQUEST, { ...fields, op: typeof name === "number" ? name : OP[name] });
  return writer.lend().slice();
}

/** The bytes of several frames in one. */
export function joined(frames: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}

/** The other end of a server's connection, as simple as possible and without manners. */
export class Peer implements Receiver {
  /** Resolves when the connection is gone, to whether everything before that was in order. */
  readonly gone: Promise<unknown>;
  readonly transport: Transport;
  /** The bodies of the answers that nobody has taken yet. */
  readonly bodies: Uint8Array[] = [];
  readonly #splitter = new FrameSplitter(1 << 30, new BufferPool(0));
  readonly #waiting: ((body: Uint8Array | undefined) => void)[] = [];
  #ended = false;
  #resolveGone!: (error: unknown) => void;
  #resolveDrained: (() => void) | undefined;

  constructor(transport: Transport) {
    this.transport = transport;
    this.gone = new Promise((resolve) => this.#resolveGone = resolve);
    transport.start(this);
  }

  /** Sends bytes as they are, and resolves when the transport has taken them. */
  async raw(bytes: Uint8Array): Promise<void> {
    if (this.transport.write(bytes)) return;
    await new Promise<void>((resolve) => this.#resolveDrained = resolve);
  }

  /** The body of the next answer; `undefined` if the connection ends before. */
  body(): Promise<Uint8Array | undefined> {
    const body = this.bodies.shift();
    if (body !== undefined || this.#ended) return Promise.resolve(body);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next answer. */
  async answer(): Promise<WireResponse> {
    const body = await this.body();
    if (body === undefined) throw new Error("The connection ended without an answer");
    const response = newResponse();
    const decoder = new Decoder();
    decoder.decode(body, 0, body.length, RESPONSE, response);
    if (decoder.fault !== undefined) throw new Error(`A bad answer: ${decoder.fault}`);
    return response;
  }

  /** Asks, and waits for the answer. */
  async ask(
    name: OperationName | number,
    fields: Partial<WireRequest> = {},
  ): Promise<WireResponse> {
    await this.raw(frameOf(name, fields));
    return await this.answer();
  }

  receive(chunk: Uint8Array): boolean {
    this.#splitter.push(chunk.slice());
    while (this.#splitter.next()) {
      const { bytes, start, end } = this.#splitter;
      const body = bytes.slice(start, end);
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.bodies.push(body);
      else waiting(body);
    }
    return true;
  }

  drained(): void {
    this.#resolveDrained?.();
  }

  ended(): void {
    this.#finish();
  }

  closed(error?: unknown): void {
    this.#finish();
    this.#resolveGone(error);
    this.#resolveDrained?.();
  }

  #finish(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }
}
