import { OP, REQUEST_2 } from "../src/protocol/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { StreamTransport, VfsServer } from "../src/server/mod.ts";
import type { Step } from "./_protocol_samples.ts";
import { frameOf, hex, valueIn } from "./_protocol_vectors.ts";

/** One step as it went. */
export interface Played {
  readonly name: string;
  readonly request: object;
  readonly request_hex: string;
  /** The fields of the answer; `"*"` for those that vary. */
  readonly answer: object;
  /** The frame of the answer, if nothing in it varies. */
  readonly answer_hex?: string;
}

/** Plays a conversation with a server whose tree is empty. */
export async function playConversation(steps: readonly Step[]): Promise<Played[]> {
  const server = new VfsServer(new MemoryProvider());
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  void server.handleConnection(
    new StreamTransport({ readable: there.readable, writable: back.writable }),
  );
  const writer = there.writable.getWriter();
  const frames = framesOf(back.readable);
  const played: Played[] = [];
  for (const [index, { name, op, fields, varies = [] }] of steps.entries()) {
    const request = { op: OP[op], id: index + 1, ...fields };
    const asked = frameOf(REQUEST_2, request);
    await writer.write(asked);
    const { value: frame } = await frames.next();
    played.push({
      name,
      request: valueIn(asked),
      request_hex: hex(asked),
      answer: answerIn(frame!, varies),
      ...(varies.length > 0 ? {} : { answer_hex: hex(frame!) }),
    });
  }
  await server.stop();
  return played;
}

/** The fields of an answer, but for those that vary. */
function answerIn(frame: Uint8Array, varies: readonly string[]): object {
  const fields = Object.entries(valueIn(frame));
  return Object.fromEntries(fields.map(([name, value]) => {
    return [name, varies.includes(name) ? "*" : value];
  }));
}

async function* framesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of stream) {
    const all = new Uint8Array(rest.length + chunk.length);
    all.set(rest);
    all.set(chunk, rest.length);
    rest = all;
    while (rest.length >= 4) {
      const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0) + 4;
      if (rest.length < length) break;
      yield rest.slice(0, length);
      rest = rest.slice(length);
    }
  }
}

/** Reads hexadecimal. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
