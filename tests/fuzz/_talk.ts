import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { decode } from "cborg";
import { encodeFrame, FrameWriter, REQUEST, REQUEST_2 } from "../../src/protocol/mod.ts";
import { Pipe } from "./_pipe.ts";
import { nameOf, type Request } from "./_requests.ts";

/** The client's end of a connection: writes requests, and cuts what comes back into frames. */
export class Talk {
  readonly pipe: Pipe = new Pipe();
  /** Which version is spoken. */
  version: 1 | 2;
  /** The last id that was used. */
  lastId = 0;
  readonly #writer = new FrameWriter();
  #rest = new Uint8Array(0);

  constructor(version: 1 | 2) {
    this.version = version;
  }

  /** Whether the server closed the connection. */
  get isClosed(): boolean {
    return this.pipe.isClosed;
  }

  /** The frame of a request, with the next id or with one that was used before. */
  frameOf(request: Request, id: number = ++this.lastId): Uint8Array {
    encodeFrame(this.#writer, this.version === 1 ? REQUEST : REQUEST_2, { ...request, id });
    const frame = this.#writer.lend().slice();
    this.#writer.settle();
    return frame;
  }

  /** Sends a frame, and gives the frames that come back. */
  async send(frame: Uint8Array, piece?: number): Promise<Uint8Array[]> {
    this.pipe.deliver(frame, piece);
    await this.settle();
    return this.take();
  }

  /** Sends a frame to which there must be one answer, and gives that. */
  async ask(request: Request, piece?: number): Promise<Uint8Array> {
    const answers = await this.send(this.frameOf(request), piece);
    if (answers.length !== 1) assert.fail(`${answers.length} answers to ${nameOf(request.op)}`);
    return answers[0]!;
  }

  /** Waits until something came, or nothing will. */
  async settle(): Promise<void> {
    const isSettled = () => this.pipe.sent.length > 0 || this.isClosed;
    // Most answers are there at once, some after a few turns of promises, none after that.
    for (let i = 0; i < 100 && !isSettled(); i++) await undefined;
    if (!isSettled()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** The frames that came since the last look. */
  take(): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (const bytes of this.pipe.sent.splice(0)) {
      let all = bytes;
      if (this.#rest.length > 0) {
        all = new Uint8Array(this.#rest.length + bytes.length);
        all.set(this.#rest);
        all.set(bytes, this.#rest.length);
      }
      let at = 0;
      while (all.length - at >= 4) {
        const end = at + 4 + new DataView(all.buffer, all.byteOffset + at).getUint32(0);
        if (end > all.length) break;
        frames.push(all.subarray(at, end));
        at = end;
      }
      this.#rest = all.slice(at);
    }
    return frames;
  }
}

/** What an answer says, as a decoder sees it that is not ours. */
export function contentOf(frame: Uint8Array): Record<string, unknown> {
  return decode(frame.subarray(4)) as Record<string, unknown>;
}
