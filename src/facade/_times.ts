import { type Timespec, timespecFromMs } from "../fs/mod.ts";
import { wrongType } from "./_call.ts";

/** A moment as `utimes` takes it: seconds since 1970, as a number or as text, or a date. */
export type TimeLike = number | string | bigint | Date;

/** Reads a moment. Numbers have the resolution of a microsecond: more does not fit into them. */
export function timeOf(time: TimeLike): Timespec {
  if (time instanceof Date) return timespecFromMs(time.getTime());
  const seconds = typeof time === "string" && time.trim() !== "" ? Number(time) : time;
  if (typeof seconds === "bigint") return { sec: Number(seconds), nsec: 0 };
  if (typeof seconds !== "number" || Number.isNaN(seconds)) throw wrongType("a time", time);
  if (!Number.isFinite(seconds)) return timespecFromMs(Date.now());
  const sec = Math.floor(seconds);
  return { sec, nsec: Math.min(Math.round((seconds - sec) * 1e6), 999_999) * 1000 };
}
