import { S_PERM, type Timespec } from "../fs/mod.ts";
import { escapedJson } from "../fs/_escape.ts";
import { typeName } from "./format_mode.ts";
import type { Facts } from "./tree.ts";

/** Writes what is known of a file as a line of JSON. */
export function jsonFacts(path: string, facts: Facts, target: string | undefined): string {
  return jsonLine({
    path,
    type: typeName(facts.mode),
    mode: (facts.mode & S_PERM).toString(8).padStart(4, "0"),
    size: facts.size,
    // A number in JSON is not exact above 2^53.
    ino: String(facts.ino),
    links: facts.nlink,
    uid: facts.uid,
    gid: facts.gid,
    blocks: facts.blocks,
    accessed: isoTime(facts.atime),
    modified: isoTime(facts.mtime),
    changed: isoTime(facts.ctime),
    target,
  });
}

/** Writes a value as a line of JSON. */
export function jsonLine(value: object): string {
  return `${escapedJson(value)}\n`;
}

/** Writes a moment in UTC, to the nanosecond where there are any. */
export function isoTime({ sec, nsec }: Timespec): string {
  const date = new Date(sec * 1000);
  if (Number.isNaN(date.getTime())) return `${sec} s since 1970`;
  const fraction = nsec === 0 ? "" : `.${String(nsec).padStart(9, "0")}`;
  return date.toISOString().replace(".000Z", `${fraction}Z`);
}
