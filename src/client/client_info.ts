import { type FileInfo, fromGoFileMode } from "../fs/mod.ts";
import type { Int64, WireEntry, WireStat } from "../protocol/mod.ts";

/** What version 1 tells of a file; `mode` is that of Linux. The time has no nanoseconds. */
export type ClientInfo = Pick<FileInfo, "ino" | "mode" | "size" | "mtime">;

/** What version 1 tells of one name in a directory; `mode` has the type alone. */
export interface ClientEntry extends Pick<FileInfo, "ino" | "mode" | "size"> {
  /** The name. */
  readonly name: string;
}

/** What a new file's `create` tells. */
export interface CreatedFile {
  /** The handle. */
  readonly fh: Int64;
  /** The file. */
  readonly info: ClientInfo;
}

/**
 * Reads the attributes of an answer of version 1.
 *
 * @param stat The attributes as they came.
 * @returns The same in the vocabulary of providers.
 */
export function infoFromWire(stat: WireStat): ClientInfo {
  return {
    ino: BigInt(stat.ino),
    mode: fromGoFileMode(stat.mode),
    size: Number(stat.size),
    mtime: { sec: Number(stat.mtime), nsec: 0 },
  };
}

/**
 * Reads one name of a listing of version 1.
 *
 * @param entry The name as it came.
 * @returns The same in the vocabulary of providers.
 */
export function entryFromWire(entry: WireEntry): ClientEntry {
  return {
    name: entry.name,
    ino: BigInt(entry.ino),
    mode: fromGoFileMode(entry.mode),
    size: Number(entry.size),
  };
}
