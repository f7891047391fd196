import type { Runtime } from "../../adapters/runtime.ts";
import { backoff, type ClientEvent, type ReconnectPolicy, VfsClient } from "../client/mod.ts";
import { notConnected } from "./open_tree.ts";
import { reason } from "./command_error.ts";
import { formatDuration } from "./duration.ts";
import type { Log } from "./log.ts";

/** How to be connected for a long time. */
export interface RemoteOptions {
  /** How long an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How long to look for a server that is gone, in milliseconds. */
  readonly reconnectMs: number;
}

/** A connection that is made again when it is lost. */
export interface Remote {
  readonly client: VfsClient;
  /** Says goodbye. */
  readonly close: () => Promise<void>;
}

/**
 * Connects to a server, and again when the connection is lost.
 *
 * @param runtime Who connects.
 * @param log Told when the connection is lost, and when it is there again.
 * @param socket The socket of the server.
 * @param options How.
 * @throws {CommandError} If nobody can be connected to.
 */
export async function connectRemote(
  runtime: Runtime,
  log: Log,
  socket: string,
  { timeoutMs, reconnectMs }: RemoteOptions,
): Promise<Remote> {
  let isClosing = false;
  const tell = listener(log, socket, reconnectMs);
  try {
    const client = await VfsClient.connect(() => runtime.connect(socket), {
      timeoutMs,
      reconnect: within(reconnectMs),
      // An end that was asked for is not news.
      onEvent: (event) => isClosing || tell(event),
    });
    const close = async () => {
      isClosing = true;
      await client.close();
    };
    return { client, close };
  } catch (error) {
    throw notConnected(socket, error, "--connect");
  }
}

/** Tries again, less and less often, until some time is over. */
function within(longestMs: number): ReconnectPolicy {
  const policy = backoff();
  let lostAt = 0;
  return (attempt, error) => {
    if (attempt === 0) lostAt = Date.now();
    return Date.now() - lostAt < longestMs ? policy(attempt, error) : undefined;
  };
}

function listener(log: Log, socket: string, reconnectMs: number): (event: ClientEvent) => void {
  let isFirst = true;
  return (event) => {
    switch (event.type) {
      case "connected": {
        if (!isFirst) {
          const files = event.resumed ? "" : ", to a server that knows nothing of open files";
          log.write("notice", "connected", `Connected to ${socket} again${files}`);
        }
        isFirst = false;
        return;
      }
      case "lost": {
        const hint = reconnectMs === 0 ? "" : `; looking for it for ${formatDuration(reconnectMs)}`;
        const sentence = `Lost the connection to ${socket}: ${reason(event.error)}${hint}`;
        return log.write("warn", "lost", sentence);
      }
      case "stale":
        return log.write("warn", "stale", `Cannot go on with ${event.path}: ${event.reason}`);
    }
  };
}
