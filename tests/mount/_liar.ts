import { connect, createServer, type Server, type Socket } from "node:net";
import { decode, encode } from "cborg";

/** An answer of protocol 2, by its keys. */
export type Answer = Record<string, unknown>;

/** What a server that lies makes of an honest answer. */
export type Lie = (answer: Answer) => Answer;

/** What somebody between the mount and its server does to bytes; `undefined` drops them. */
export type Malice = (chunk: Uint8Array, socket: Socket) => Uint8Array | undefined;

/** Somebody between a mount and its server. */
export interface Middleman {
  /** From now on it is no good. */
  turnEvil(): void;
  close(): void;
}

/** Passes everything on between two sockets, until it turns evil. */
export async function startMiddleman(
  near: string,
  far: string,
  malice: () => Malice,
): Promise<Middleman> {
  const sockets: Socket[] = [];
  let isEvil = false;
  const server: Server = createServer((client) => {
    const host = connect(far);
    sockets.push(client, host);
    const twist = malice();
    client.on("data", (chunk) => void host.write(chunk));
    host.on("data", (chunk: Uint8Array) => {
      const passed = isEvil ? twist(new Uint8Array(chunk), client) : chunk;
      if (passed !== undefined) client.write(passed);
    });
    for (const socket of [client, host]) socket.on("error", () => {});
    client.on("close", () => host.destroy());
    host.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(near, resolve));
  return {
    turnEvil: () => void (isEvil = true),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Malice that keeps every frame well-formed: only what it says is a lie. */
export function lying(lie: Lie): () => Malice {
  return () => {
    let rest: Uint8Array = new Uint8Array(0);
    return (chunk) => {
      rest = join([rest, chunk]);
      const frames: Uint8Array[] = [];
      while (rest.length >= 4) {
        const end = 4 + new DataView(rest.buffer, rest.byteOffset).getUint32(0);
        if (rest.length < end) break;
        const answer = decode(rest.subarray(4, end), { allowBigInt: true }) as Answer;
        frames.push(frameOf(lie(answer)));
        rest = rest.slice(end);
      }
      return join(frames);
    };
  };
}

function frameOf(answer: Answer): Uint8Array {
  const body = encode(answer);
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, body.length);
  return join([header, body]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
