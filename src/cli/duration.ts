import { UsageError } from "./usage_error.ts";

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;

/** The longest time that a timer can wait on every runtime, in milliseconds: almost 25 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Reads a time span, as people write it: `10` or `10s` (seconds), `250ms`, `5m`, `1h`.
 *
 * @param text The time span.
 * @returns Milliseconds, a whole number.
 * @throws {UsageError} If the text is not a time span, or longer than a timer can wait.
 */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) {
    throw new UsageError(`"${text}" is not a time: write seconds, or a number with ms, s, m or h`);
  }
  const ms = Math.round(Number(match[1]) * UNITS[match[2] ?? "s"]!);
  if (ms > LONGEST) throw new UsageError(`"${text}" is too long a time: the longest is 24 days`);
  return ms;
}

/**
 * Writes a time span for people.
 *
 * @param ms Milliseconds.
 * @returns The time with its unit or units.
 */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor(seconds / 60) % 60}m`;
}
