import { toVfsError } from "../src/fs/mod.ts";
import type { Transport } from "../src/server/transport.ts";
import { bun, type BunCallbacks } from "./_bun_api.ts";
import { BunTransport } from "./_bun_transport.ts";
import { claimSocket, type RawListener } from "./_claim_socket.ts";
import { checkSocketPath, vsockPath } from "./_socket_path.ts";
import { Turns } from "./_turns.ts";
import type { Listener, ListenOptions } from "./runtime.ts";

export async function listen(path: string, options: ListenOptions): Promise<Listener> {
  const name = vsockPath(path, options.vsockPort);
  const turns = new Turns();
  let connections = 0;
  const accept = (): BunTransport => new BunTransport(`${name}#${++connections}`, turns);
  const claimed = await claimSocket(name, options.mode ?? 0o600, {
    bind: (path) => bind(path, accept, options),
    probe,
  });
  return {
    path: name,
    close: () => Promise.resolve(claimed.release()),
  };
}

function bind(
  path: string,
  accept: () => BunTransport,
  { onConnection, onError }: ListenOptions,
): RawListener {
  const listener = bun.listen({
    unix: path,
    allowHalfOpen: true,
    socket: {
      ...callbacks,
      open(socket) {
        const transport = accept();
        socket.data = transport;
        transport.onOpen(socket);
        onConnection(transport);
      },
      error: (_socket, error) => onError?.(error),
    },
  });
  return { close: () => listener.stop() };
}

const callbacks: BunCallbacks = {
  // Not Bun's default, `buffer`: what is cut out of a Buffer with slice() is no copy.
  binaryType: "uint8array",
  open: (socket) => socket.data.onOpen(socket),
  data: (socket, chunk) => socket.data.onData(chunk),
  drain: (socket) => socket.data.onDrain(),
  end: (socket) => socket.data.onEnd(),
  close: (socket, error) => socket.data.onClose(error),
  error: (socket, error) => socket.data.onClose(error),
  // Without it Bun reports a refused connection as an error that nobody caught.
  connectError: () => {},
};

async function open(path: string): Promise<BunTransport> {
  const transport = new BunTransport(path);
  await bun.connect({ unix: path, allowHalfOpen: true, data: transport, socket: callbacks });
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
