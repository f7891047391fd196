import { decode, encode } from "cborg";
import { connect, type Socket } from "node:net";

/** A request of version 1, as the protocol names its fields. */
export type WireRequest = { op: number } & Record<string, unknown>;

/** An answer of version 1. */
export interface WireAnswer {
  readonly err: number;
  readonly fh?: number | bigint;
  readonly written?: number;
  readonly data?: Uint8Array;
  readonly stat?: { readonly size: number; readonly is_dir: boolean };
  readonly entries?: readonly { readonly name: string; readonly size: number }[];
}

/** The operations that the bench needs, by number. */
export const OP = {
  lookup: 0,
  getattr: 1,
  read: 3,
  write: 4,
  create: 5,
  mkdir: 6,
  unlink: 7,
  rename: 9,
  open: 10,
  release: 11,
  readdir: 12,
} as const;

/**
 * A client of a few lines with somebody else's CBOR: it sets trees up, and what it verifies is not
 * verified with the code that made it.
 */
export class WireClient {
  /** How large the last frames were, with their heads. */
  sizes: { request: number; answer: number } = { request: 0, answer: 0 };
  readonly #socket: Socket;
  readonly #waiting: ((answer: WireAnswer) => void)[] = [];
  #pieces: Uint8Array[] = [];
  #held = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (piece) => this.#take(piece as unknown as Uint8Array));
  }

  /** Connects to a socket. */
  static async connect(path: string): Promise<WireClient> {
    const socket = connect(path);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new WireClient(socket);
  }

  /** Sends a request; many may be under way. */
  call(request: WireRequest): Promise<WireAnswer> {
    const body = encode(request);
    const frame = new Uint8Array(4 + body.length);
    new DataView(frame.buffer).setUint32(0, body.length);
    frame.set(body, 4);
    this.sizes.request = frame.length;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(frame);
    });
  }

  /** Sends a request that has to succeed. */
  async ok(request: WireRequest): Promise<WireAnswer> {
    const answer = await this.call(request);
    if (answer.err !== 0) throw new Error(`op ${request.op}: errno ${answer.err}`);
    return answer;
  }

  /** Hangs up. */
  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
    while (this.#held >= 4) {
      if (this.#pieces[0]!.length < 4) this.#pieces = [Buffer.concat(this.#pieces)];
      const first = this.#pieces[0]!;
      const size = 4 + new DataView(first.buffer, first.byteOffset).getUint32(0);
      if (this.#held < size) return;
      const all = this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces);
      this.#pieces = [all.subarray(size)];
      this.#held -= size;
      this.sizes.answer = size;
      this.#waiting.shift()!(decode(all.subarray(4, size)) as WireAnswer);
    }
  }
}
