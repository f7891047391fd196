import type { Awaitable } from "../../fs/awaitable.ts";
import type { HookRecord } from "../event.ts";
import type { EventStream } from "../event_stream.ts";
import { escapedJson } from "../../fs/_escape.ts";
import { GENESIS, sealLine, splitLine } from "./_sha256.ts";

/** How to write an audit. */
export interface AuditOptions {
  /** The last line of the audit that is gone on with, without its line feed. */
  readonly after?: string;
}

/** What was written. */
export interface AuditHead {
  /** The number of the last record. */
  readonly number: number;
  /** Its hash: kept elsewhere, it proves that the audit was not written anew as a whole. */
  readonly hash: string;
}

/**
 * Writes every record of a stream as a line of an audit, until the stream ends.
 *
 * Each line has the hash of the one before and its own, so that a line that was changed, removed,
 * added or moved is found by {@link verifyAudit}. It begins with a record of its beginning and ends
 * with one of its end; without that the end may be missing. Who can write the file can write it anew
 * from any line on: keep the hash that is returned, or a copy of the last line now and then, where
 * he cannot.
 *
 * @param events The stream, of {@link HookEngine.events}; with `overflow: "wait"` it loses least.
 * @param write Takes a line with its line feed. The next one comes when it is done.
 * @param options What is gone on with.
 * @returns The number and hash of the last record.
 * @throws {TypeError} If `after` is no line of an audit.
 *
 * @example
 * ```ts
 * import { HookEngine, verifyAudit, writeAudit } from "@vfs/server/core";
 *
 * const engine = new HookEngine();
 * const lines: string[] = [];
 * const written = writeAudit(engine.events({ overflow: "wait" }), (line) => {
 *   lines.push(line);
 * });
 * await engine.close();
 * await written;
 * console.log((await verifyAudit(lines)).ok); // true
 * ```
 */
export async function writeAudit(
  events: EventStream | AsyncIterable<HookRecord>,
  write: (line: string) => Awaitable<void>,
  options: AuditOptions = {},
): Promise<AuditHead> {
  let { number, hash } = headOf(options.after);
  const append = async (record: object) => {
    const body = escapedJson({ n: ++number, prev: hash, ...record });
    const sealed = await sealLine(body);
    hash = sealed.hash;
    await write(`${sealed.line}\n`);
  };
  await append({ audit: "begin", time: Date.now() });
  for await (const record of events) await append({ record });
  await append({ audit: "end", time: Date.now() });
  return { number, hash };
}

function headOf(line: string | undefined): AuditHead {
  if (line === undefined) return { number: 0, hash: GENESIS };
  const split = splitLine(line);
  if (split === undefined) throw new TypeError(`Cannot go on after ${JSON.stringify(line)}`);
  return { number: (JSON.parse(split.body) as { n: number }).n, hash: split.hash };
}
