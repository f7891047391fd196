/**
 * The floor: what a runtime's sockets cost without any files. Each frame is answered with as many
 * bytes as it asks for, all answers to one read in one write.
 */
import { createServer } from "node:net";
import process from "node:process";

interface BunSocket {
  data: Echo;
  write(bytes: Uint8Array): number;
}

interface Bun {
  listen(options: { unix: string; socket: Record<string, unknown> }): void;
}

/** The head of a frame, and the first four bytes of its body: how long its answer shall be. */
const HEAD = 8;
/** As many answers as one read may ask for. */
const MOST = 4096;

/** Counts the frames of one connection, and has the answers to them. */
class Echo {
  /** What has to be sent, when a write took only a part. */
  rest: Uint8Array | undefined;
  #size = 0;
  #answers = new Uint8Array(0);
  #head: number[] = [];
  #skip = 0;

  /** The answers to all frames that are complete with this piece. */
  take(chunk: Uint8Array): Uint8Array {
    let frames = 0;
    for (let at = 0; at < chunk.length;) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
      } else if (this.#head.length === 0 && chunk.length - at >= HEAD) {
        this.#begin(chunk, at);
        at += HEAD;
      } else {
        this.#head.push(chunk[at++]!);
        if (this.#head.length < HEAD) continue;
        this.#begin(this.#head, 0);
        this.#head = [];
      }
      if (this.#skip === 0) frames++;
    }
    return this.#answers.subarray(0, frames * this.#size);
  }

  #begin(bytes: ArrayLike<number>, at: number): void {
    this.#skip = number(bytes, at) - 4;
    const size = number(bytes, at + 4);
    if (size === this.#size) return;
    this.#size = size;
    this.#answers = new Uint8Array(size * (size < 1 << 16 ? MOST : 64));
    // The head of an answer says how long it is without it.
    for (let i = 0; i < this.#answers.length; i += size) {
      new DataView(this.#answers.buffer).setUint32(i, size - 4);
    }
  }
}

function number(bytes: ArrayLike<number>, at: number): number {
  return bytes[at]! * 0x100_0000 + (bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!);
}

const path = process.argv[2]!;

function onNode(): void {
  createServer((socket) => {
    const echo = new Echo();
    socket.on("data", (chunk) => {
      const answers = echo.take(chunk as unknown as Uint8Array);
      if (answers.length > 0) socket.write(answers);
    });
    socket.on("error", () => {});
  }).listen(path, ready);
}

function onBun(bun: Bun): void {
  const send = (socket: BunSocket, bytes: Uint8Array): void => {
    const sent = socket.write(bytes);
    socket.data.rest = sent < bytes.length ? bytes.subarray(Math.max(sent, 0)) : undefined;
  };
  bun.listen({
    unix: path,
    socket: {
      open: (socket: BunSocket) => socket.data = new Echo(),
      data: (socket: BunSocket, chunk: Uint8Array) => {
        const answers = socket.data.take(chunk);
        if (answers.length > 0) send(socket, answers);
      },
      drain: (socket: BunSocket) => {
        if (socket.data.rest !== undefined) send(socket, socket.data.rest);
      },
      error: () => {},
    },
  });
  ready();
}

async function onDeno(): Promise<void> {
  const listener = Deno.listen({ transport: "unix", path });
  ready();
  for await (const conn of listener) void serve(conn).catch(() => {});
}

async function serve(conn: Deno.Conn): Promise<void> {
  const echo = new Echo();
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) return conn.close();
    const answers = echo.take(buffer.subarray(0, count));
    for (let at = 0; at < answers.length;) at += await conn.write(answers.subarray(at));
  }
}

function ready(): void {
  process.stdout.write("ready\n");
}

if ("Deno" in globalThis) void onDeno();
else if ("Bun" in globalThis) onBun((globalThis as unknown as { Bun: Bun }).Bun);
else onNode();
