import { connect, createServer, type Socket } from "node:net";
import { toVfsError } from "../src/fs/mod.ts";
import type { Transport } from "../src/server/transport.ts";
import { claimSocket, type RawListener, type SocketCalls } from "./_claim_socket.ts";
import { NodeTransport } from "./_node_transport.ts";
import { checkSocketPath, vsockPath } from "./_socket_path.ts";
import type { Listener, ListenOptions } from "./runtime.ts";

export async function listen(path: string, options: ListenOptions): Promise<Listener> {
  const name = vsockPath(path, options.vsockPort);
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    options.onConnection(new NodeTransport(socket, `${name}#${++connections}`));
  };
  const calls: SocketCalls = {
    bind: (path) => bind(path, onSocket, options.onError),
    probe,
  };
  const claimed = await claimSocket(name, options.mode ?? 0o600, calls);
  return {
    path: name,
    close: () => Promise.resolve(claimed.release()),
  };
}

function bind(
  path: string,
  onSocket: (socket: Socket) => void,
  onError: ((error: unknown) => void) | undefined,
): Promise<RawListener> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  const { promise, resolve, reject } = Promise.withResolvers<RawListener>();
  server.once("error", reject);
  server.listen(path, () => {
    server.off("error", reject);
    // Node accepts and closes when there are no descriptors left, and goes on by itself.
    server.on("error", (error) => onError?.(error));
    resolve({ close: () => void server.close() });
  });
  return promise;
}

async function open(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ path, allowHalfOpen: true });
  socket.once("error", reject);
  socket.once("connect", resolve);
  await promise;
  socket.off("error", reject);
  return socket;
}

async function probe(path: string): Promise<void> {
  (await open(path)).destroy();
}

export async function connectTo(path: string): Promise<Transport> {
  checkSocketPath(path, "connect to");
  try {
    return new NodeTransport(await open(path), path);
  } catch (error) {
    throw toVfsError(error, `Cannot connect to ${path}`);
  }
}
