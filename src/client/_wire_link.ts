import { toVfsError, VfsError } from "../fs/mod.ts";
import { type BufferPool, FrameSplitter, FrameWriter } from "../protocol/mod.ts";
import type { Transport } from "../server/transport.ts";

/** What a link tells. */
export interface LinkEvents {
  /** A frame arrived. What it throws ends the link. */
  frame(bytes: Uint8Array, start: number, end: number): void;
  /** More can be written. */
  drained(): void;
  /** The connection is gone, for the reason given. Told once. */
  lost(error: VfsError): void;
}

/** The longest request: that of the largest write that a server may allow. */
const LARGEST_REQUEST = 64 << 20;

/** One connection of a client: frames out, frames in. */
export class WireLink {
  /** The frames that go out. */
  readonly writer: FrameWriter;
  readonly #transport: Transport;
  readonly #splitter: FrameSplitter;
  readonly #events: LinkEvents;
  #isFlushing = false;
  #isBlocked = false;
  #isLost = false;
  #isEnding = false;

  /**
   * @param transport The connection, which this starts.
   * @param replyBytes The longest frame that is accepted.
   * @param pool Where buffers come from.
   * @param events Who is told.
   */
  constructor(transport: Transport, replyBytes: number, pool: BufferPool, events: LinkEvents) {
    this.#transport = transport;
    this.#events = events;
    this.writer = new FrameWriter(LARGEST_REQUEST, pool);
    this.#splitter = new FrameSplitter(replyBytes, pool);
    transport.start({
      room: () => this.#splitter.room(),
      receive: (chunk) => this.#receive(chunk),
      drained: () => {
        this.#isBlocked = false;
        this.writer.settle();
        this.#flush();
        this.#events.drained();
      },
      ended: () => this.destroy(new VfsError("ECONNRESET", "the server closed the connection")),
      closed: (error) => this.#lose(reasonOf(error)),
    });
  }

  /** Whether the peer takes no more at present. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Sends what is written, with what else is written in this turn of the event loop. */
  flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isBlocked || this.#isLost || this.writer.unsent === 0) return;
    if (this.#transport.write(this.writer.lend())) this.writer.settle();
    else this.#isBlocked = true;
  }

  #receive(chunk: Uint8Array): boolean {
    if (this.#isLost) return true;
    this.#splitter.push(chunk);
    try {
      while (!this.#isLost && this.#splitter.next()) {
        const { bytes, start, end } = this.#splitter;
        this.#events.frame(bytes, start, end);
      }
    } catch (error) {
      this.destroy(
        new VfsError("EPROTO", "the server does not speak the protocol", { cause: error }),
      );
    }
    return true;
  }

  /** Ends the connection. */
  destroy(reason: VfsError): void {
    this.#lose(reason);
    if (!this.#isEnding) this.#transport.destroy();
    this.#isEnding = true;
  }

  #lose(error: VfsError): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#events.lost(error);
  }
}

/** Why a connection is gone. */
function reasonOf(error: unknown): VfsError {
  if (error === undefined) return new VfsError("ECONNRESET", "the connection is closed");
  const { code } = toVfsError(error);
  // EIO stands for whatever has no errno.
  const known = code === "EIO" ? "ECONNRESET" : code;
  return new VfsError(known, "the connection broke", { cause: error });
}
