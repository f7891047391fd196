import type { Listener, Runtime, Signal } from "../../adapters/runtime.ts";
import { type ErrnoCode, type Provider, VfsError } from "../fs/mod.ts";
import { VfsServer } from "../server/mod.ts";
import { cannot, CommandError, reason } from "./command_error.ts";
import { formatDuration } from "./duration.ts";
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
  /** What is served: all the mounts together. */
  readonly provider: Provider;
}

/**
 * Serves until SIGINT or SIGTERM comes, then lets finish what is under way.
 *
 * @returns The exit status.
 * @throws {CommandError} If the socket cannot be listened on.
 */
export async function runServer(run: ServerRun): Promise<number> {
  const { runtime, log, settings, provider } = run;
  const server = new VfsServer(provider, {
    limits: settings.limits,
    onEvent: (event) => logEvent(log, event),
  });
  // From before there is a socket to leave behind.
  const stopping = firstSignal(runtime, ["SIGINT", "SIGTERM"]);
  const listener = await listen(run, server);
  const forget = runtime.onSignal("SIGUSR1", () => logCounters(log, "notice", server.stats()));
  logReady(run, fullPath(runtime.cwd(), listener.path));

  const signal = await stopping;
  const { connections } = server.stats();
  const hint = connections === 0
    ? ""
    : `: connections have ${formatDuration(server.limits.drainMs)}; a second signal ends at once`;
  log.write("info", "stopping", `Stopping on ${signal}${hint}`, { signal, connections });
  await listener.close();
  await server.stop();
  forget();
  logCounters(log, "info", server.stats());
  return 0;
}

/**
 * Waits for the first of some signals. After it they have their usual meaning again, so that the
 * second one ends the program.
 */
function firstSignal(runtime: Runtime, signals: readonly Signal[]): Promise<Signal> {
  return new Promise((resolve) => {
    const forget = signals.map((signal) =>
      runtime.onSignal(signal, () => {
        for (const undo of forget) undo();
        resolve(signal);
      })
    );
  });
}

/** What an errno means here, where its usual words say too little. */
const LISTEN_FAILURES: Partial<Record<ErrnoCode, string>> = {
  EADDRINUSE: "another server listens there",
  EEXIST: "a file that is no socket is there, and is left alone",
  ENAMETOOLONG: "the path of a socket has at most 107 bytes",
  ENOENT: "its directory does not exist",
};

async function listen({ runtime, log, settings }: ServerRun, server: VfsServer): Promise<Listener> {
  const { socket, socketMode: mode, vsockPort } = settings;
  try {
    return await runtime.listen(socket, {
      mode,
      ...(vsockPort !== undefined && { vsockPort }),
      onConnection: (transport) => void server.handleConnection(transport),
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

function logReady({ runtime, log, mounts }: ServerRun, socket: string): void {
  const list = mounts.map(({ path, label }) => `${path} (${label})`).join(", ");
  log.write("info", "ready", `Serving ${list} on ${socket}`, {
    socket,
    mounts: mounts.map(({ path, label }) => ({ path, source: label })),
    version: VERSION,
    runtime: `${runtime.name} ${runtime.version}`,
  });
}
