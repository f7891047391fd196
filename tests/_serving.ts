import { strict as assert } from "node:assert";
import type { Provider } from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import type { WireRequest } from "../src/protocol/mod.ts";
import { type ServerEvent, type ServerLimits, VfsServer } from "../src/server/mod.ts";
import { MemoryTransport, type PairOptions } from "./_memory_transport.ts";
import { Peer } from "./_peer.ts";

/** What a test gets to work with. */
export interface Serving {
  readonly server: VfsServer;
  readonly events: ServerEvent[];
  /** Connects one more peer. */
  connect(options?: PairOptions): Connected;
}

/** A peer with both ends of its connection. */
export class Connected extends Peer {
  /** The server's end. */
  readonly near: MemoryTransport;
  /** The peer's end. */
  readonly far: MemoryTransport;
  /** Resolves when the server has forgotten the connection. */
  readonly served: Promise<void>;

  constructor(near: MemoryTransport, far: MemoryTransport, served: Promise<void>) {
    super(far);
    this.near = near;
    this.far = far;
    this.served = served;
  }
}

/** Serves a memory provider at `/w`, or what is given, and looks that nothing is left afterwards. */
export async function serving(
  body: (serving: Serving) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  provider: Provider = new MountRouter({ "/w": new MemoryProvider() }),
): Promise<void> {
  const events: ServerEvent[] = [];
  const server = new VfsServer(provider, { limits, onEvent: (event) => events.push(event) });
  const connect = (options?: PairOptions): Connected => {
    const [near, far] = MemoryTransport.pair(options);
    return new Connected(near, far, server.handleConnection(near));
  };
  try {
    await body({ server, events, connect });
  } finally {
    await server.stop();
  }
  assert.equal(server.stats().handles, 0);
  assert.equal(server.stats().connections, 0);
}

/** The errno that a request is answered with, positive; 0 if it is done. */
export async function errnoOf(
  peer: Peer,
  name: Parameters<Peer["ask"]>[0],
  fields: Partial<WireRequest> = {},
): Promise<number> {
  return Math.abs((await peer.ask(name, fields)).err);
}
