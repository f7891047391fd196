/** A moment: seconds since 1970 in UTC, and the nanoseconds after that second. */
export interface Timespec {
  /** Whole seconds since 1970-01-01T00:00:00Z; negative before it. */
  readonly sec: number;
  /** Nanoseconds after that second, 0 to 999,999,999, also before 1970. */
  readonly nsec: number;
}

/** What to do with one time of a file: set it, set it to the present, or leave it alone. */
export type TimeChange = Timespec | "now" | "omit";

/**
 * Makes a moment from milliseconds since 1970, the unit of `Date`.
 *
 * @param milliseconds Milliseconds since 1970-01-01T00:00:00Z, fractions and negatives included.
 * @returns The same moment.
 *
 * @example
 * ```ts
 * import { timespecFromMs } from "@vfs/server/core";
 *
 * console.log(timespecFromMs(-1)); // { sec: -1, nsec: 999000000 }
 * ```
 */
export function timespecFromMs(milliseconds: number): Timespec {
  const sec = Math.floor(milliseconds / 1000);
  const nsec = Math.floor((milliseconds - sec * 1000) * 1e6);
  // Fractions too small for a double round over a second, to one side or the other.
  return { sec, nsec: Math.min(Math.max(nsec, 0), 999_999_999) };
}

/**
 * Gives a moment in milliseconds since 1970, the unit of `Date`.
 *
 * @param time The moment.
 * @returns Milliseconds since 1970-01-01T00:00:00Z, with a fraction where there are nanoseconds.
 *
 * @example
 * ```ts
 * import { timespecToMs } from "@vfs/server/core";
 *
 * console.log(new Date(timespecToMs({ sec: 0, nsec: 0 })).toISOString());
 * ```
 */
export function timespecToMs(time: Timespec): number {
  return time.sec * 1000 + time.nsec / 1e6;
}

let latest: Timespec = { sec: 0, nsec: 0 };
let latestMs = 0;

/**
 * Gives the present moment.
 *
 * The resolution is a millisecond, finer than the tick (1 to 10 ms) with which Linux stamps files.
 * Calls within the same millisecond share one object.
 *
 * @returns The present moment.
 *
 * @example
 * ```ts
 * import { now } from "@vfs/server/core";
 *
 * console.log(now().sec > 1_700_000_000); // true
 * ```
 */
export function now(): Timespec {
  const ms = Date.now();
  if (ms !== latestMs) {
    latestMs = ms;
    latest = timespecFromMs(ms);
  }
  return latest;
}
