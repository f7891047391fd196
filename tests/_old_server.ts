import type { Provider } from "../src/fs/mod.ts";
import { OP } from "../src/protocol/mod.ts";
import { type Receiver, type Transport, VfsServer } from "../src/server/mod.ts";
import { frameOf } from "./_peer.ts";
import { MemoryTransport } from "./_memory_transport.ts";

/** How an old server misbehaves. */
export interface OldOptions {
  /** Whether reads are answered with more than was asked for. */
  readonly lieAboutReads?: boolean;
}

/** A server of version 1 as it was before there was another: it knows no `hello`. */
export function oldServer(provider: Provider): {
  connect(options?: OldOptions): Transport;
  sayingOnly(answer: Uint8Array): Transport;
  stop(): Promise<void>;
} {
  const server = new VfsServer(provider);
  return {
    connect(options = {}) {
      const [here, there] = MemoryTransport.pair();
      // A request comes before the hello, which is then too late: an operation that is not known.
      void server.handleConnection(new Prefixed(there, frameOf("getattr", { path: "/" })));
      return options.lieAboutReads === true ? new Liar(here) : here;
    },
    sayingOnly(answer) {
      const [here, there] = MemoryTransport.pair();
      there.start({ receive: () => true, drained() {}, ended() {}, closed() {} });
      there.write(answer);
      return here;
    },
    stop: () => server.stop(),
  };
}

/** Lets another request come first, whose answer nobody sees. */
class Prefixed implements Transport {
  readonly peer = "";
  readonly #inner: Transport;
  readonly #first: Uint8Array;
  #isFirstAnswer = true;

  constructor(inner: Transport, first: Uint8Array) {
    this.#inner = inner;
    this.#first = first;
  }

  start(receiver: Receiver): void {
    this.#inner.start(receiver);
    queueMicrotask(() => receiver.receive(this.#first));
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isFirstAnswer) return this.#inner.write(bytes);
    this.#isFirstAnswer = false;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) + 4;
    return bytes.length === length || this.#inner.write(bytes.subarray(length));
  }

  pause(): void {
    this.#inner.pause();
  }
  resume(): void {
    this.#inner.resume();
  }
  end(): void {
    this.#inner.end();
  }
  destroy(): void {
    this.#inner.destroy();
  }
}

/** Asks for more than the client did. */
class Liar implements Transport {
  readonly peer = "";
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  start(receiver: Receiver): void {
    this.#inner.start(receiver);
  }

  write(bytes: Uint8Array): boolean {
    const copy = bytes.slice();
    // {"op": 3, ... "sz": 4}: the last byte of such a request is the size.
    if (copy[5] === 0x62 && copy[8] === OP.read) copy[copy.length - 1] = 10;
    return this.#inner.write(copy);
  }

  pause(): void {
    this.#inner.pause();
  }
  resume(): void {
    this.#inner.resume();
  }
  end(): void {
    this.#inner.end();
  }
  destroy(): void {
    this.#inner.destroy();
  }
}
