import type { Awaitable } from "../../fs/awaitable.ts";
import type { HookRecord } from "../event.ts";
import type { EventStream } from "../event_stream.ts";
import { escapedJson } from "../../fs/_escape.ts";

/**
 * Writes every record of a stream as a line of JSON, until the stream ends.
 *
 * Whatever misleads a terminal or a reader is escaped as JSON allows it: the parsed line is the same
 * record.
 *
 * @param events The stream, of {@link HookEngine.events}.
 * @param write Takes a line with its line feed. The next one comes when it is done.
 * @returns When the stream has ended and all is written.
 *
 * @example
 * ```ts
 * import { HookEngine, writeJsonLines } from "@vfs/server/core";
 *
 * const engine = new HookEngine();
 * const written = writeJsonLines(engine.events(), (line) => console.log(line.trimEnd()));
 * await engine.close();
 * await written;
 * ```
 */
export async function writeJsonLines(
  events: EventStream | AsyncIterable<HookRecord>,
  write: (line: string) => Awaitable<void>,
): Promise<void> {
  for await (const record of events) await write(`${escapedJson(record)}\n`);
}
