import type { HookRecord } from "../event.ts";
import { escapeText } from "../../fs/_escape.ts";

/**
 * Writes a record as one line for people: how it ended, what was done to what, by whom.
 *
 * Names are escaped: none can forge a line or steer a terminal.
 *
 * @param record An event, or a loss.
 * @returns The line, without a line feed.
 *
 * @example
 * ```ts
 * import { formatEvent } from "@vfs/server/core";
 *
 * console.log(formatEvent({ type: "loss", what: "events", count: 3, from: 5, to: 7 }));
 * // "lost 3 events (5 to 7)"
 * ```
 */
export function formatEvent(record: HookRecord): string {
  if (record.type === "loss") {
    return `lost ${record.count} ${record.what} (${record.from} to ${record.to})`;
  }
  const { seq, op, path, newPath, outcome, errno, rule, uid, gid, origin, bytes, duration } =
    record;
  const target = newPath === undefined ? "" : ` -> ${escapeText(newPath)}`;
  const how = [
    outcome,
    ...(errno === undefined ? [] : [errno]),
    ...(rule === undefined ? [] : [`by ${escapeText(rule)}`]),
  ].join(" ");
  const size = bytes === 0 ? "" : `, ${bytes} bytes`;
  const who = `${uid}:${gid} ${escapeText(origin)}`;
  return `${seq} ${op} ${escapeText(path)}${target}: ${how} (${who}${size}, ${
    duration.toFixed(3)
  } ms)`;
}
