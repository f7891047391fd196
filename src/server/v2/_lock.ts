import { type FileLock, VfsError } from "../../fs/mod.ts";
import type { WireLock, WireRequest2 } from "../../protocol/mod.ts";
import { checkRange } from "../handlers/_check.ts";

const KINDS = ["posix", "flock"] as const;
const TYPES = ["read", "write", "unlock"] as const;

/** The longest owner, in UTF-16 units. */
const OWNER_MAX = 1024;

/**
 * Reads the lock of a request.
 *
 * @throws {VfsError} EINVAL, EFBIG for a range that ends too far away.
 */
export function lockFromWire(request: WireRequest2, owner: string): FileLock {
  const kind = KINDS[request.kind];
  const type = TYPES[request.type];
  if (kind === undefined || type === undefined || owner.length > OWNER_MAX) {
    throw new VfsError("EINVAL");
  }
  const length = checkRange(request.len, 0);
  const start = checkRange(request.off, length);
  const end = length === 0 ? Infinity : start + length;
  return { kind, type, start, end, owner, pid: request.pid };
}

/** Writes a lock for an answer. */
export function lockToWire(lock: FileLock): Omit<WireLock, "owner"> {
  return {
    kind: KINDS.indexOf(lock.kind),
    type: TYPES.indexOf(lock.type),
    off: lock.start,
    len: lock.end === Infinity ? 0 : lock.end - lock.start,
    pid: lock.pid,
  };
}
