import { GENESIS, sha256, splitLine } from "./_sha256.ts";

/** What a verification found. */
export interface AuditReport {
  /** Whether every line is as it was written, and none is missing between the first and the last. */
  readonly ok: boolean;
  /** Whether the audit was ended in order. If not, lines at its end may be missing. */
  readonly complete: boolean;
  /** How many lines were verified. */
  readonly lines: number;
  /** How many events are in them. */
  readonly events: number;
  /** How many events or calls of hooks are recorded as lost. */
  readonly lost: number;
  /** The hash of the last line that was verified, to compare with one that was kept. */
  readonly head: string;
  /** The first line that is wrong, counted from 1, and why. */
  readonly problem?: { readonly line: number; readonly reason: string };
}

/** What a line says; every field is doubtful. */
interface AuditLine {
  readonly n?: unknown;
  readonly prev?: unknown;
  readonly audit?: unknown;
  readonly record?: { readonly type?: unknown; readonly count?: unknown };
}

/**
 * Verifies the lines of an audit: each has the hash of the one before and its own.
 *
 * @param lines The lines, with or without line feeds; empty ones are passed over.
 * @returns What was found. Nothing is thrown for what the lines say.
 *
 * @example
 * ```ts
 * import { verifyAudit } from "@vfs/server/core";
 *
 * const report = await verifyAudit(["not an audit"]);
 * console.log(report.ok, report.problem?.line); // false 1
 * ```
 */
export async function verifyAudit(
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<AuditReport> {
  let head = GENESIS;
  let number = 0;
  let at = 0;
  let events = 0;
  let lost = 0;
  let complete = false;
  const report = (reason?: string): AuditReport => ({
    ok: reason === undefined,
    complete: complete && reason === undefined,
    lines: number,
    events,
    lost,
    head,
    ...(reason === undefined ? undefined : { problem: { line: at, reason } }),
  });
  for await (const line of lines) {
    at++;
    const text = line.replace(/\r?\n$/, "");
    if (text === "") continue;
    const split = splitLine(text);
    if (split === undefined) return report("it is no line of an audit");
    if (await sha256(split.body) !== split.hash) return report("its content was changed");
    const content = parse(split.body);
    if (content === undefined) return report("it is no line of an audit");
    if (content.prev !== head) return report("the line before it was changed, removed or added");
    if (content.n !== number + 1) return report("its number does not follow");
    // A line after the end of one part begins the next part.
    if (at === 1 && content.audit !== "begin") return report("the beginning is missing");
    number++;
    head = split.hash;
    complete = content.audit === "end";
    if (content.record?.type === "event") events++;
    if (content.record?.type === "loss") lost += Number(content.record.count);
  }
  return number === 0 ? report("there is nothing in it") : report();
}

function parse(body: string): AuditLine | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
