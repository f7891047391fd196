import {
  checkName,
  type DirPageEntry,
  type FileInfo,
  type FileLock,
  fromGoFileMode,
  type StatFs,
  VfsError,
} from "../fs/mod.ts";
import type {
  Int64,
  WireAttr,
  WireLock,
  WirePageEntry,
  WireStat,
  WireStatFs,
} from "../protocol/mod.ts";

/** The greatest number that files of Linux know: offsets and times have a sign. */
const LARGEST = 2n ** 63n - 1n;

/** A number that the server said and that has to fit into what providers use. */
export function exact(value: Int64): number {
  if (typeof value === "number") return value;
  if (value > LARGEST) throw new VfsError("EPROTO", `the server said ${value}`);
  throw new VfsError("EOVERFLOW", `the server said ${value}`);
}

/** Reads attributes. */
export function infoOf(attr: WireAttr | undefined): FileInfo {
  if (attr === undefined) throw new VfsError("EPROTO", "an answer without attributes");
  return {
    ino: BigInt(attr.ino),
    mode: attr.mode,
    nlink: attr.nlink,
    uid: attr.uid,
    gid: attr.gid,
    rdev: attr.rdev,
    size: exact(attr.size),
    blocks: exact(attr.blocks),
    blksize: attr.blksize,
    atime: { sec: exact(attr.atime_sec), nsec: attr.atime_nsec },
    mtime: { sec: exact(attr.mtime_sec), nsec: attr.mtime_nsec },
    ctime: { sec: exact(attr.ctime_sec), nsec: attr.ctime_nsec },
  };
}

/** Completes the attributes of version 1 with what it cannot tell. */
export function attrOfStat(stat: WireStat): WireAttr {
  const sec = stat.mtime;
  return {
    ino: stat.ino,
    mode: fromGoFileMode(stat.mode),
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size: stat.size,
    blocks: Math.ceil(Number(stat.size) / 512),
    blksize: 4096,
    atime_sec: sec,
    atime_nsec: 0,
    mtime_sec: sec,
    mtime_nsec: 0,
    ctime_sec: sec,
    ctime_nsec: 0,
  };
}

/**
 * A name that could lead elsewhere (`..`, `a/b`) never comes in: whoever joins it with a path on
 * this side would have to think of it.
 */
function checkListed(name: string): void {
  try {
    checkName(name);
  } catch (cause) {
    throw new VfsError("EPROTO", `the server lists ${JSON.stringify(name)}`, { cause });
  }
}

/** Reads the part of a directory that comes after a cursor. */
export function pageAfter(cursor: number, page: readonly WirePageEntry[]): DirPageEntry[] {
  const entries = entriesOf(page);
  let last = cursor;
  for (const { cursor } of entries) {
    if (cursor <= last) throw new VfsError("EPROTO", "the server lists without end");
    last = cursor;
  }
  return entries;
}

/** Reads entries of a directory. */
export function entriesOf(page: readonly WirePageEntry[]): DirPageEntry[] {
  return page.map(({ name, ino, mode, cursor, info }) => {
    checkListed(name);
    const entry = { name, ino: BigInt(ino), mode, cursor: exact(cursor) };
    return info === undefined ? entry : { ...entry, info: infoOf(info) };
  });
}

/** Reads what there is to know of a filesystem. */
export function statfsOf(stats: WireStatFs | undefined): StatFs {
  if (stats === undefined) throw new VfsError("EPROTO", "an answer without a filesystem");
  return {
    bsize: stats.bsize,
    blocks: Number(stats.blocks),
    bfree: Number(stats.bfree),
    bavail: Number(stats.bavail),
    files: Number(stats.files),
    ffree: Number(stats.ffree),
    namelen: stats.namelen,
    readonly: stats.readonly,
  };
}

const KINDS = ["posix", "flock"] as const;
const TYPES = ["read", "write", "unlock"] as const;

/** Writes a lock. */
export function lockFields(lock: FileLock): WireLock {
  const { start, end, owner, pid } = lock;
  if (end <= start) throw new VfsError("EINVAL", "a lock on nothing");
  return {
    kind: KINDS.indexOf(lock.kind),
    type: TYPES.indexOf(lock.type),
    off: start,
    len: end === Infinity ? 0 : end - start,
    owner,
    pid,
  };
}

/** Reads a lock. */
export function lockOf(lock: WireLock | undefined): FileLock | undefined {
  if (lock === undefined) return undefined;
  const kind = KINDS[lock.kind];
  const type = TYPES[lock.type];
  if (kind === undefined || type === undefined) throw new VfsError("EPROTO", "an unknown lock");
  const start = exact(lock.off);
  const length = exact(lock.len);
  const end = length === 0 ? Infinity : start + length;
  return { kind, type, start, end, owner: lock.owner, pid: lock.pid };
}
