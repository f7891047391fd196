import { rmSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectOptions, RemoteProvider, VfsClient } from "../src/client/mod.ts";
import type { Provider } from "../src/fs/mod.ts";
import { VfsServer, type VfsServerOptions } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";
import { adapter, runtime } from "./_runtime.ts";

/** A served tree, and how to get rid of it. */
export interface Served {
  readonly server: VfsServer;
  readonly client: VfsClient;
  readonly provider: RemoteProvider;
  readonly dispose: () => Promise<void>;
}

/** Serves a provider over a connection in memory. */
export async function serveInMemory(
  provider: Provider,
  options: VfsServerOptions = {},
  connect: ConnectOptions = {},
): Promise<Served> {
  const server = new VfsServer(provider, options);
  const client = await VfsClient.connect(() => connectTo(server), connect);
  return {
    server,
    client,
    provider: new RemoteProvider(client),
    dispose: async () => {
      await client.close();
      await server.stop();
    },
  };
}

/** A new connection in memory to a server. */
export function connectTo(server: VfsServer): MemoryTransport {
  const [here, there] = MemoryTransport.pair();
  void server.handleConnection(there);
  return here;
}

/** Serves a provider over a Unix socket. */
export async function serveOnSocket(
  provider: Provider,
  options: VfsServerOptions = {},
  connect: ConnectOptions = {},
): Promise<Served> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-remote-"));
  const path = join(directory, "s");
  const server = new VfsServer(provider, options);
  const stop = await adapter.serveUnixBackground(server, path);
  const client = await VfsClient.connect(() => runtime.connect(path), connect);
  return {
    server,
    client,
    provider: new RemoteProvider(client),
    dispose: async () => {
      await client.close();
      await stop();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
