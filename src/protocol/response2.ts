import { NO_BYTES } from "./_cbor.ts";
import { MessageKind } from "./field.ts";
import { RESPONSE_FIELDS } from "./fields.ts";
import type { Int64 } from "./int64.ts";

/** What a server answers in version 2, and the notices that it sends. */
export const RESPONSE_2: MessageKind = /* @__PURE__ */ new MessageKind(
  "response",
  /* @__PURE__ */ RESPONSE_FIELDS.filter((field) => field.until === undefined),
);

/** The attributes of a file as a client reads them. */
export interface WireAttr {
  /** The inode number. */
  readonly ino: Int64;
  /** Type and permissions, as Linux has them. */
  readonly mode: number;
  /** How many names. */
  readonly nlink: number;
  /** The owner. */
  readonly uid: number;
  /** The group. */
  readonly gid: number;
  /** Which device. */
  readonly rdev: number;
  /** Size in bytes. */
  readonly size: Int64;
  /** Units of 512 bytes. */
  readonly blocks: Int64;
  /** The block size that suits it. */
  readonly blksize: number;
  /** The access time: seconds. */
  readonly atime_sec: Int64;
  /** The access time: nanoseconds. */
  readonly atime_nsec: number;
  /** The modification time: seconds. */
  readonly mtime_sec: Int64;
  /** The modification time: nanoseconds. */
  readonly mtime_nsec: number;
  /** The change time: seconds. */
  readonly ctime_sec: Int64;
  /** The change time: nanoseconds. */
  readonly ctime_nsec: number;
}

/** One name of a page as a client reads it. */
export interface WirePageEntry {
  /** The name. */
  readonly name: string;
  /** The inode number. */
  readonly ino: Int64;
  /** The mode. */
  readonly mode: number;
  /** Where to go on after it. */
  readonly cursor: Int64;
  /** The attributes, if they are there. */
  readonly info: WireAttr | undefined;
}

/** A filesystem as a client reads it. */
export interface WireStatFs {
  /** The size of a block. */
  readonly bsize: number;
  /** Blocks there are. */
  readonly blocks: Int64;
  /** Blocks that are free. */
  readonly bfree: Int64;
  /** Blocks that are free for those who are not root. */
  readonly bavail: Int64;
  /** Inodes there are. */
  readonly files: Int64;
  /** Inodes that are free. */
  readonly ffree: Int64;
  /** The longest name. */
  readonly namelen: number;
  /** Whether nothing can be changed. */
  readonly readonly: boolean;
}

/** A lock as the wire has it. */
export interface WireLock {
  /** 0 POSIX, 1 flock. */
  readonly kind: number;
  /** 0 read, 1 write, 2 unlock. */
  readonly type: number;
  /** The first byte. */
  readonly off: Int64;
  /** How many bytes; 0 for all that follow. */
  readonly len: Int64;
  /** Who holds it. */
  readonly pid: number;
  /** Who holds it. */
  readonly owner: string;
}

/** How long answers may be cached, in milliseconds; 0 is not at all. */
export interface Lifetimes {
  /** That a name stands for an object. */
  readonly entry: number;
  /** The attributes of an object. */
  readonly attr: number;
  /** That a name is absent. */
  readonly negative: number;
}

/** A change as the wire has it. */
export interface WireChange {
  /** 1 entry, 2 inode, 3 tree. */
  readonly kind: number;
  /** The path. */
  readonly path: string;
  /** The inode number, if it is known. */
  readonly ino?: Int64 | undefined;
}

/** The fields of {@link RESPONSE_2} as a client reads them; absent ones are zero or empty. */
export interface WireResponse2 {
  /** Which request it answers; 0 for a notice. */
  id: Int64;
  /** 0, or a negative Linux errno. */
  err: number;
  /** The attributes. */
  attr: WireAttr | undefined;
  /** The bytes. */
  data: Uint8Array;
  /** How many bytes were written or copied. */
  written: Int64;
  /** The new handle. */
  fh: Int64;
  /** A part of a directory. */
  page: WirePageEntry[];
  /** The offset that was found. */
  off: Int64;
  /** The names of extended attributes. */
  names: string[];
  /** The filesystem. */
  statfs: WireStatFs | undefined;
  /** The lock that is in the way. */
  lock: WireLock | undefined;
  /** How long this answer may be cached, where it differs. */
  ttl: Lifetimes | undefined;
  /** What changed. */
  changes: WireChange[];
  /** The version chosen. */
  version: number;
  /** What both ends may use. */
  features: string[];
  /** The longest frame that the server accepts. */
  max_frame: number;
  /** The largest read. */
  max_read: number;
  /** The largest write. */
  max_write: number;
  /** How many requests may be unanswered. */
  max_inflight: number;
  /** How many handles there may be. */
  max_handles: number;
  /** The longest path. */
  max_path: number;
  /** The name of the session. */
  session: Uint8Array;
  /** The secret of the session. */
  token: Uint8Array;
  /** How long the session is kept without a connection, in milliseconds. */
  resume: number;
  /** Whether it is the session that was asked for. */
  resumed: boolean;
  /** Whether every change is refused. */
  readonly: boolean;
}

/**
 * Makes an answer of version 2 with every field zero or empty.
 *
 * @returns The answer.
 *
 * @example
 * ```ts
 * import { newResponse2 } from "@vfs/server/core";
 *
 * console.log(newResponse2().err); // 0
 * ```
 */
export function newResponse2(): WireResponse2 {
  return {
    id: 0,
    err: 0,
    attr: undefined,
    data: NO_BYTES,
    written: 0,
    fh: 0,
    page: [],
    off: 0,
    names: [],
    statfs: undefined,
    lock: undefined,
    ttl: undefined,
    changes: [],
    version: 0,
    features: [],
    max_frame: 0,
    max_read: 0,
    max_write: 0,
    max_inflight: 0,
    max_handles: 0,
    max_path: 0,
    session: NO_BYTES,
    token: NO_BYTES,
    resume: 0,
    resumed: false,
    readonly: false,
  };
}
