/** The operations of version 1, by name. Numbers 20 to 31 stay free for the reference design. */
export type OperationName1 =
  | "lookup"
  | "getattr"
  | "setattr"
  | "read"
  | "write"
  | "create"
  | "mkdir"
  | "unlink"
  | "rmdir"
  | "rename"
  | "open"
  | "release"
  | "readdir"
  | "fsync"
  | "mkdirall"
  | "truncate"
  | "symlink"
  | "readlink"
  | "link"
  | "fsyncpath";

/** The operations that version 2 adds, by name. */
export type OperationName2 =
  | "hello"
  | "opendir"
  | "mknod"
  | "getxattr"
  | "setxattr"
  | "listxattr"
  | "removexattr"
  | "statfs"
  | "datasync"
  | "allocate"
  | "seek"
  | "copyrange"
  | "lock"
  | "getlock"
  | "removeall"
  | "subscribe"
  | "unsubscribe"
  | "cancel"
  | "ping"
  | "goodbye";

/** The operations of the wire, by name. */
export type OperationName = OperationName1 | OperationName2;

/** What one version has an operation take and give. */
export interface Signature {
  /** The fields of the request that it uses, beside `op`, `id` and who asks. */
  readonly uses: readonly string[];
  /** The fields of the answer that it fills, beside `id` and `err`. */
  readonly answers: readonly string[];
}

/** One row of the table of operations. */
export interface Operation {
  /** The number on the wire. */
  readonly op: number;
  /** What it is called. */
  readonly name: OperationName;
  /** In version 1, if it is there. */
  readonly v1?: Signature;
  /** In version 2. */
  readonly v2: Signature;
  /**
   * Whether to do it again would do something else than to do it once: then a server keeps the
   * answer until it can be sure that it arrived.
   */
  readonly once: boolean;
  /** What it does, for the specification. */
  readonly note: string;
}

const takes = (...uses: string[]) => ({
  gives: (...answers: string[]): Signature => ({ uses, answers }),
});

/** An operation that only asks, or that may be done again. */
function asking(
  op: number,
  name: OperationName,
  v1: Signature | undefined,
  v2: Signature,
  note = "",
): Operation {
  return { op, name, ...(v1 === undefined ? {} : { v1 }), v2, once: false, note };
}

/** An operation that changes something, or that gives a handle. */
function doing(
  op: number,
  name: OperationName,
  v1: Signature | undefined,
  v2: Signature,
  note = "",
): Operation {
  return { op, name, ...(v1 === undefined ? {} : { v1 }), v2, once: true, note };
}

const PATH = takes("path");
const NAMES = takes("path", "new_path");
const LOCK = takes("fh", "kind", "type", "off", "len", "owner");

/** Every operation, in the order of the numbers. */
export const OPERATIONS: readonly Operation[] = [
  asking(0, "lookup", PATH.gives("stat"), PATH.gives("attr", "ttl"), "describes what a path names"),
  asking(
    1,
    "getattr",
    PATH.gives("stat"),
    takes("path", "fh").gives("attr", "ttl"),
    "the same; by handle also of a file that has no name any more",
  ),
  doing(
    2,
    "setattr",
    takes("path", "mode").gives("stat"),
    takes("path", "fh", "mask", "mode", "new_uid", "new_gid", "size", "atime", "mtime", "plus")
      .gives("attr", "ttl"),
    "version 1: chmod; version 2: see below",
  ),
  asking(
    3,
    "read",
    takes("fh", "off", "sz").gives("data"),
    takes("fh", "off", "sz").gives("data"),
    "short only at the end of the file",
  ),
  doing(
    4,
    "write",
    takes("fh", "off", "data").gives("written"),
    takes("fh", "off", "data").gives("written"),
    "short where space or a limit ends it",
  ),
  doing(
    5,
    "create",
    takes("path", "mode").gives("stat", "fh"),
    takes("path", "mode", "plus").gives("attr", "fh", "ttl"),
    "opens for reading and writing, creates or truncates",
  ),
  doing(
    6,
    "mkdir",
    takes("path", "mode").gives("stat"),
    takes("path", "mode", "plus").gives("attr", "ttl"),
  ),
  doing(7, "unlink", PATH.gives(), PATH.gives(), "EISDIR for a directory"),
  doing(8, "rmdir", PATH.gives(), PATH.gives(), "ENOTDIR for anything else"),
  doing(
    9,
    "rename",
    NAMES.gives(),
    takes("path", "new_path", "flags").gives(),
    "replaces the new name; flags: 1 no replace (EEXIST), 2 exchange",
  ),
  doing(
    10,
    "open",
    takes("path", "flags", "mode").gives("fh"),
    takes("path", "flags", "mode", "plus").gives("attr", "fh", "ttl"),
    "opens, and with O_CREAT creates",
  ),
  doing(
    11,
    "release",
    takes("fh").gives(),
    takes("fh").gives(),
    "closes and gives back its locks; a second time does nothing",
  ),
  asking(
    12,
    "readdir",
    PATH.gives("entries"),
    takes("path", "fh", "cursor", "sz", "plus").gives("page"),
    "by path the whole directory; by handle its next entries, at most `sz`",
  ),
  asking(13, "fsync", takes("fh").gives(), takes("path", "fh").gives()),
  doing(
    14,
    "mkdirall",
    takes("path", "mode").gives(),
    takes("path", "mode", "plus").gives("attr", "ttl"),
    "with the missing directories above",
  ),
  doing(
    15,
    "truncate",
    takes("path", "fh", "off").gives(),
    takes("path", "fh", "off").gives(),
    "`off` is the new size",
  ),
  doing(
    16,
    "symlink",
    NAMES.gives(),
    takes("path", "new_path", "plus").gives("attr", "ttl"),
    "`path` is the link, `new_path` its target",
  ),
  asking(17, "readlink", PATH.gives("data"), PATH.gives("data"), "the target"),
  doing(
    18,
    "link",
    NAMES.gives(),
    takes("path", "new_path", "plus").gives("attr", "ttl"),
    "`path` exists, `new_path` is made",
  ),
  asking(19, "fsyncpath", PATH.gives(), PATH.gives(), "fsync of what a path names"),
  asking(
    32,
    "hello",
    undefined,
    takes("version", "features", "max_frame", "resume", "session", "token", "name").gives(
      "version",
      "features",
      "max_frame",
      "max_read",
      "max_write",
      "max_inflight",
      "max_handles",
      "max_path",
      "session",
      "token",
      "resume",
      "resumed",
      "readonly",
      "ttl",
    ),
    "see above",
  ),
  doing(
    33,
    "opendir",
    undefined,
    takes("path", "plus").gives("attr", "fh", "ttl"),
    "a handle for readdir, getattr and fsync",
  ),
  doing(
    34,
    "mknod",
    undefined,
    takes("path", "mode", "rdev", "plus").gives("attr", "ttl"),
    "a fifo, a socket, a device or an empty file",
  ),
  asking(
    35,
    "getxattr",
    undefined,
    takes("path", "name").gives("data"),
    "ENODATA if there is none",
  ),
  doing(
    36,
    "setxattr",
    undefined,
    takes("path", "name", "data", "flags").gives(),
    "flags: 1 create (EEXIST), 2 replace (ENODATA)",
  ),
  asking(37, "listxattr", undefined, PATH.gives("names")),
  doing(38, "removexattr", undefined, takes("path", "name").gives(), "ENODATA if there is none"),
  asking(39, "statfs", undefined, PATH.gives("statfs")),
  asking(40, "datasync", undefined, takes("path", "fh").gives()),
  doing(
    41,
    "allocate",
    undefined,
    takes("fh", "mode", "off", "len").gives(),
    "fallocate: `mode` holds its flags",
  ),
  asking(
    42,
    "seek",
    undefined,
    takes("fh", "off", "whence").gives("off"),
    "the next data (3) or hole (4) at or after `off`; ENXIO if there is none",
  ),
  doing(
    43,
    "copyrange",
    undefined,
    takes("fh", "off", "fh2", "off2", "len").gives("written"),
    "copies from `fh` to `fh2`; may do less",
  ),
  doing(
    44,
    "lock",
    undefined,
    takes("fh", "kind", "type", "off", "len", "owner", "wait").gives(),
    "see below",
  ),
  asking(45, "getlock", undefined, LOCK.gives("lock"), "see below"),
  doing(46, "removeall", undefined, PATH.gives(), "removes a tree; nothing there is fine"),
  asking(47, "subscribe", undefined, PATH.gives(), "see below"),
  asking(48, "unsubscribe", undefined, PATH.gives()),
  asking(49, "cancel", undefined, takes("target").gives(), "see above"),
  asking(50, "ping", undefined, takes().gives(), "is answered at once"),
  asking(
    51,
    "goodbye",
    undefined,
    takes().gives(),
    "ends the session; the server answers, then closes the connection",
  ),
];

/** The numbers of the operations, by name. */
export const OP: Readonly<Record<OperationName, number>> = Object.freeze(
  Object.fromEntries(OPERATIONS.map(({ name, op }) => [name, op])) as Record<OperationName, number>,
);

/**
 * Finds an operation by its number.
 *
 * @param op The number.
 * @returns Its row, or `undefined` if there is none.
 *
 * @example
 * ```ts
 * import { operationOf } from "@vfs/server/core";
 *
 * console.log(operationOf(33)?.name); // "opendir"
 * ```
 */
export function operationOf(op: number): Operation | undefined {
  return BY_NUMBER[op];
}

const BY_NUMBER: (Operation | undefined)[] = [];
for (const row of OPERATIONS) BY_NUMBER[row.op] = row;
