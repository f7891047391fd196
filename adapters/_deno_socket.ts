import { toVfsError } from "../src/fs/mod.ts";
import type { Transport } from "../src/server/transport.ts";
import { claimSocket, type RawListener } from "./_claim_socket.ts";
import { DenoTransport } from "./_deno_transport.ts";
import { DenoTurns } from "./_deno_turns.ts";
import { checkSocketPath, vsockPath } from "./_socket_path.ts";
import type { Listener, ListenOptions } from "./runtime.ts";

/** How long to wait after an accept that failed, for instance for want of descriptors. */
const RETRY_MS = 20;

export async function listen(path: string, options: ListenOptions): Promise<Listener> {
  const name = vsockPath(path, options.vsockPort);
  const turns = new DenoTurns();
  let connections = 0;
  const onConn = (conn: Deno.Conn): void => {
    options.onConnection(new DenoTransport(conn, `${name}#${++connections}`, turns));
  };
  const claimed = await claimSocket(name, options.mode ?? 0o600, {
    bind: (path) => bind(path, onConn, options.onError),
    probe,
  });
  return {
    path: name,
    close: () => Promise.resolve(claimed.release()),
  };
}

function bind(
  path: string,
  onConn: (conn: Deno.Conn) => void,
  onError: ((error: unknown) => void) | undefined,
): RawListener {
  const listener = Deno.listen({ transport: "unix", path });
  let closed = false;
  const accept = async (): Promise<void> => {
    while (!closed) {
      try {
        onConn(await listener.accept());
      } catch (error) {
        if (closed) return;
        onError?.(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  void accept();
  return {
    close(): void {
      closed = true;
      listener.close();
    },
  };
}

async function probe(path: string): Promise<void> {
  (await Deno.connect({ transport: "unix", path })).close();
}

export async function connectTo(path: string): Promise<Transport> {
  checkSocketPath(path, "connect to");
  try {
    return new DenoTransport(await Deno.connect({ transport: "unix", path }), path);
  } catch (error) {
    throw toVfsError(error, `Cannot connect to ${path}`);
  }
}
