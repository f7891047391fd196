import type { ServerEvent, ServerStats } from "../server/mod.ts";
import { toVfsError } from "../fs/mod.ts";
import { reason } from "./command_error.ts";
import { formatDuration } from "./duration.ts";
import type { Log, LogLevel } from "./log.ts";
import { formatSize } from "./size.ts";

/** Writes a line for something that happened in a server. */
export function logEvent(log: Log, event: ServerEvent): void {
  switch (event.type) {
    case "open": {
      const { connection, peer } = event;
      return log.write("info", "open", `Connection ${connection} opened`, { connection, peer });
    }
    case "close": {
      const { type: _, error, ...fields } = event;
      const { connection, requests, errors, handles, durationMs } = event;
      const left = handles === 0 ? "" : `, ${count(handles, "file")} left open`;
      const why = error === undefined ? "" : `: ${reason(error)}`;
      const sentence = `Connection ${connection} closed after ${formatDuration(durationMs)}, ` +
        `${count(requests, "request")}, ${count(errors, "error")}${left}${why}`;
      const details = error === undefined ? fields : { ...fields, error: reason(error) };
      return log.write(isOrdinaryEnd(error) ? "info" : "warn", "close", sentence, details);
    }
    case "refused": {
      const why = event.reason === "stopped"
        ? "the server is stopping"
        : "there are as many as --max-connections allows";
      const { peer, reason } = event;
      return log.write("warn", "refused", `Connection refused: ${why}`, { peer, reason });
    }
    case "fault": {
      const { connection, operation, error } = event;
      // What was thrown is a mistake in somebody's program: the place is what is needed.
      const stack = error instanceof Error ? error.stack : undefined;
      return log.write(
        "error",
        "fault",
        `Connection ${connection}: ${operation} failed in the provider: ${reason(error)}`,
        { connection, operation, error: reason(error), stack },
      );
    }
  }
}

/** Guests are killed, and clients have read enough: neither is a reason to warn. */
function isOrdinaryEnd(error: unknown): boolean {
  if (error === undefined) return true;
  const { code } = toVfsError(error);
  return code === "ECONNRESET" || code === "EPIPE";
}

/** Writes a line with the counters of a server. */
export function logCounters(log: Log, level: LogLevel, stats: ServerStats): void {
  const { accepted, connections, refused, requests, errors, bytesIn, bytesOut, handles } = stats;
  const operations = Object.entries(stats.operations)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`);
  const parts = [
    `${count(accepted, "connection")} (${connections} now, ${refused} refused)`,
    count(requests, "request"),
    count(errors, "error"),
    `${formatSize(bytesIn)} in`,
    `${formatSize(bytesOut)} out`,
    `${count(handles, "open file")}`,
  ];
  const tail = operations.length === 0 ? "" : `: ${operations.join(", ")}`;
  log.write(level, "counters", `Served ${parts.join(", ")}${tail}`, { ...stats });
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? "" : "s"}`;
}
