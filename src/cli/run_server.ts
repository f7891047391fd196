import type { Listener, Runtime, Signal } from "../../adapters/runtime.ts";
import { firstSignal } from "./first_signal.ts";
import { type ErrnoCode, VfsError } from "../fs/mod.ts";
import { type Transport, VfsServer } from "../server/mod.ts";
import { cannot, CommandError, reason } from "./command_error.ts";
import { formatDuration } from "./duration.ts";
import type { Interception } from "./interception.ts";
import type { Log } from "./log.ts";
import type { OpenMount } from "./open_mount.ts";
import { fullPath } from "./local_path.ts";
import { logCounters, logEvent } from "./server_log.ts";
import type { ServeSettings } from "./serve_settings.ts";
import { VERSION } from "./version.ts";

/** What is run. */
export interface ServerRun {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly settings: ServeSettings;
  /** What is mounted, for the log. */
  readonly mounts: readonly OpenMount[];
  /** What is served: all the mounts together, and what is allowed. */
  readonly interception: Interception;
}

/**
 * Serves until SIGINT or SIGTERM comes, then lets finish what is under way. Where the audit cannot be
 * written any more, nothing is finished: every connection is cut.
 *
 * @returns The exit status.
 * @throws {CommandError} If the socket cannot be listened on.
 */
export async function runServer(run: ServerRun): Promise<number> {
  const { runtime, log, settings, interception } = run;
  const server = new VfsServer(interception.provider, {
    limits: settings.limits,
    onEvent: (event) => logEvent(log, event),
  });
  const connections = new Set<Transport>();
  const serve = async (transport: Transport) => {
    connections.add(transport);
    await server.handleConnection(transport);
    connections.delete(transport);
  };
  // From before there is a socket to leave behind.
  const stopping = firstSignal(runtime, ["SIGINT", "SIGTERM"]);
  const listener = await listen(run, (transport) => void serve(transport)).catch((error) => {
    stopping.forget();
    throw error;
  });
  const forget = runtime.onSignal("SIGUSR1", () => logCounters(log, "notice", server.stats()));
  logReady(run, fullPath(runtime.cwd(), listener.path));

  const end = await Promise.race([stopping.signal, interception.broken]);
  stopping.forget();
  if (end instanceof CommandError) {
    for (const transport of connections) transport.destroy();
    log.write("error", "broken", `${end.message}; every connection is cut`);
  } else {
    logStopping(log, end, server);
  }
  await listener.close();
  await server.stop();
  forget();
  logCounters(log, "info", server.stats());
  return end instanceof CommandError ? 1 : 0;
}

function logStopping(log: Log, signal: Signal, server: VfsServer): void {
  const { connections } = server.stats();
  const hint = connections === 0
    ? ""
    : `: connections have ${formatDuration(server.limits.drainMs)}; a second signal ends at once`;
  log.write("info", "stopping", `Stopping on ${signal}${hint}`, { signal, connections });
}

/** What an errno means here, where its usual words say too little. */
const LISTEN_FAILURES: Partial<Record<ErrnoCode, string>> = {
  EADDRINUSE: "another server listens there",
  EEXIST: "a file that is no socket is there, and is left alone",
  ENAMETOOLONG: "the path of a socket has at most 107 bytes",
  ENOENT: "its directory does not exist",
};

async function listen(
  { runtime, log, settings }: ServerRun,
  onConnection: (transport: Transport) => void,
): Promise<Listener> {
  const { socket, socketMode: mode, vsockPort } = settings;
  try {
    return await runtime.listen(socket, {
      mode,
      ...(vsockPort !== undefined && { vsockPort }),
      onConnection,
      onError: (error) => {
        log.write("error", "accept", `Cannot accept a connection: ${reason(error)}`);
      },
    });
  } catch (error) {
    const code = error instanceof VfsError ? error.code : undefined;
    const why = code === undefined ? undefined : LISTEN_FAILURES[code];
    if (why === undefined) throw cannot(`listen on ${socket}`, error);
    throw new CommandError(`Cannot listen on ${socket}: ${why} (${code})`, { cause: error });
  }
}

function logReady({ runtime, log, mounts, interception }: ServerRun, socket: string): void {
  const list = mounts.map(({ path, label }) => `${path} (${label})`).join(", ");
  const { label } = interception;
  log.write("info", "ready", `Serving ${list} on ${socket}${label && `, with ${label}`}`, {
    socket,
    mounts: mounts.map(({ path, label }) => ({ path, source: label })),
    version: VERSION,
    runtime: `${runtime.name} ${runtime.version}`,
  });
}
