import { createServer, type OnReadOpts, Socket } from "node:net";
import { toVfsError } from "../src/fs/mod.ts";
import type { Transport } from "../src/server/transport.ts";
import { claimSocket, type RawListener, type SocketCalls } from "./_claim_socket.ts";
import { NodeTransport } from "./_node_transport.ts";
import { checkSocketPath, vsockPath } from "./_socket_path.ts";
import { Turns } from "./_turns.ts";
import type { Listener, ListenOptions } from "./runtime.ts";

export async function listen(path: string, options: ListenOptions): Promise<Listener> {
  const name = vsockPath(path, options.vsockPort);
  const turns = new Turns();
  let connections = 0;
  const onSocket = (accepted: Socket): void => {
    const open = (onread: OnReadOpts) => reading(accepted, onread);
    options.onConnection(new NodeTransport(open, `${name}#${++connections}`, turns));
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
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onSocket);
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

/** What Node keeps in a socket that it accepted. */
interface Accepted {
  _handle: unknown;
  _server: unknown;
}

/**
 * Makes a socket that reads into arrays of ours out of one that was accepted: only who makes a socket
 * can say so, and Node makes those. To allocate an array for each read costs more than the read.
 */
function reading(socket: Socket, onread: OnReadOpts): Socket {
  const accepted = socket as unknown as Accepted;
  const options = { handle: accepted._handle, allowHalfOpen: true, pauseOnCreate: true, onread };
  const made = new Socket(options as object);
  // The server counts its connections, and learns of their end from this.
  (made as unknown as Accepted)._server = accepted._server;
  accepted._server = null;
  accepted._handle = null;
  return made;
}

async function open(path: string): Promise<NodeTransport> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const transport = new NodeTransport((onread) => {
    const socket = new Socket({ allowHalfOpen: true, onread } as object);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve();
    });
    socket.pause();
    return socket.connect({ path });
  }, path);
  await promise;
  return transport;
}

async function probe(path: string): Promise<void> {
  (await open(path)).destroy();
}

export async function connectTo(path: string): Promise<Transport> {
  checkSocketPath(path, "connect to");
  try {
    return await open(path);
  } catch (error) {
    throw toVfsError(error, `Cannot connect to ${path}`);
  }
}
