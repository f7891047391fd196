import type { TimeChange } from "../../src/fs/mod.ts";
import type { Struct } from "./_struct.ts";
import type { HostLock, HostStatFs } from "./syscalls.ts";

/** More than any of the structures below takes. */
export const STRUCT_BYTES = 128;

const ST_RDONLY = 1;
const UTIME_NOW = 0x3fff_ffff;
const UTIME_OMIT = 0x3fff_fffe;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;

/** Reads `struct statfs`, as it is on architectures of 64 bits. */
export function readStatFs(struct: Struct): HostStatFs {
  return {
    type: struct.wide(0),
    // The counts are in fragments; blocks are what they are called where there are none.
    bsize: struct.wide(72) || struct.wide(8),
    blocks: struct.wide(16),
    bfree: struct.wide(24),
    bavail: struct.wide(32),
    files: struct.wide(40),
    ffree: struct.wide(48),
    namelen: struct.wide(64),
    readonly: (struct.wide(80) & ST_RDONLY) !== 0,
  };
}

/** Writes the two `struct timespec` of `utimensat`. */
export function writeTimes(struct: Struct, atime: TimeChange, mtime: TimeChange): void {
  writeTime(struct, 0, atime);
  writeTime(struct, 16, mtime);
}

function writeTime(struct: Struct, offset: number, change: TimeChange): void {
  const set = typeof change === "object";
  struct.setWide(offset, set ? change.sec : 0);
  struct.setWide(offset + 8, set ? change.nsec : change === "now" ? UTIME_NOW : UTIME_OMIT);
}

/** Writes `struct flock`; `end` may be Infinity, which the kernel calls a length of 0. */
export function writeLock(
  struct: Struct,
  type: "read" | "write" | "unlock",
  start: number,
  end: number,
): void {
  struct.bytes.fill(0, 0, 32);
  const number = type === "read" ? F_RDLCK : type === "write" ? F_WRLCK : F_UNLCK;
  struct.view.setInt16(0, number, true);
  struct.setWide(8, start);
  struct.setWide(16, end === Infinity ? 0 : end - start);
}

/** Reads `struct flock` after the kernel has told of a lock in the way. */
export function readLock(struct: Struct): HostLock | undefined {
  const type = struct.view.getInt16(0, true);
  if (type === F_UNLCK) return undefined;
  const start = struct.wide(8);
  const length = struct.wide(16);
  return {
    type: type === F_WRLCK ? "write" : "read",
    start,
    end: length === 0 ? Infinity : start + length,
    pid: struct.view.getInt32(24, true),
  };
}
