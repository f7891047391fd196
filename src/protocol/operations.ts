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

/** One row of the table of operations. */
export interface Operation {
  /** The number on the wire. */
  readonly op: number;
  /** What it is called. */
  readonly name: OperationName;
  /** The fields that it uses in version 1, beside `op` and who asks, if it is there. */
  readonly v1: readonly string[] | undefined;
  /** The fields that it uses in version 2, beside `op`, `id` and who asks. */
  readonly v2: readonly string[];
  /**
   * Whether to do it again would do something else than to do it once: then a server keeps the
   * answer until it can be sure that it arrived.
   */
  readonly once: boolean;
}

/* @__NO_SIDE_EFFECTS__ */
function row(
  once: boolean,
  op: number,
  name: OperationName,
  v1: string | undefined,
  v2: string,
): Operation {
  const words = (fields: string) => fields.match(/\w+/g) ?? [];
  return { op, name, v1: v1 === undefined ? undefined : words(v1), v2: words(v2), once };
}

/** An operation that only asks, or that may be done again. */
const ASKS = false;
/** An operation that changes something, or that gives a handle. */
const DOES = true;

/**
 * Every operation, in the order of the numbers, with the fields that it uses in version 1 and in
 * version 2.
 */
export const OPERATIONS: readonly Operation[] = [
  row(ASKS, 0, "lookup", "path", "path"),
  row(ASKS, 1, "getattr", "path", "path fh"),
  row(DOES, 2, "setattr", "path mode", "path fh mask mode new_uid new_gid size atime mtime plus"),
  row(ASKS, 3, "read", "fh off sz", "fh off sz"),
  row(DOES, 4, "write", "fh off data", "fh off data"),
  row(DOES, 5, "create", "path mode", "path mode plus"),
  row(DOES, 6, "mkdir", "path mode", "path mode plus"),
  row(DOES, 7, "unlink", "path", "path"),
  row(DOES, 8, "rmdir", "path", "path"),
  row(DOES, 9, "rename", "path new_path", "path new_path flags"),
  row(DOES, 10, "open", "path flags mode", "path flags mode plus"),
  row(DOES, 11, "release", "fh", "fh"),
  row(ASKS, 12, "readdir", "path", "path fh cursor sz plus"),
  row(ASKS, 13, "fsync", "fh", "path fh"),
  row(DOES, 14, "mkdirall", "path mode", "path mode plus"),
  row(DOES, 15, "truncate", "path fh off", "path fh off"),
  row(DOES, 16, "symlink", "path new_path", "path new_path plus"),
  row(ASKS, 17, "readlink", "path", "path"),
  row(DOES, 18, "link", "path new_path", "path new_path plus"),
  row(ASKS, 19, "fsyncpath", "path", "path"),
  row(ASKS, 32, "hello", undefined, "version features max_frame resume session token name"),
  row(DOES, 33, "opendir", undefined, "path plus"),
  row(DOES, 34, "mknod", undefined, "path mode rdev plus"),
  row(ASKS, 35, "getxattr", undefined, "path name"),
  row(DOES, 36, "setxattr", undefined, "path name data flags"),
  row(ASKS, 37, "listxattr", undefined, "path"),
  row(DOES, 38, "removexattr", undefined, "path name"),
  row(ASKS, 39, "statfs", undefined, "path"),
  row(ASKS, 40, "datasync", undefined, "path fh"),
  row(DOES, 41, "allocate", undefined, "fh mode off len"),
  row(ASKS, 42, "seek", undefined, "fh off whence"),
  row(DOES, 43, "copyrange", undefined, "fh off fh2 off2 len"),
  row(DOES, 44, "lock", undefined, "fh kind type off len owner wait"),
  row(ASKS, 45, "getlock", undefined, "fh kind type off len owner"),
  row(DOES, 46, "removeall", undefined, "path"),
  row(ASKS, 47, "subscribe", undefined, "path"),
  row(ASKS, 48, "unsubscribe", undefined, "path"),
  row(ASKS, 49, "cancel", undefined, "target"),
  row(ASKS, 50, "ping", undefined, ""),
  row(ASKS, 51, "goodbye", undefined, ""),
];

/** The numbers of the operations, by name. */
export const OP: Readonly<Record<OperationName, number>> = /* @__PURE__ */ Object.freeze(
  /* @__PURE__ */ Object.fromEntries(
    /* @__PURE__ */ OPERATIONS.map(({ name, op }) => [name, op]),
  ) as Record<OperationName, number>,
);

const BY_NUMBER: readonly (Operation | undefined)[] = /* @__PURE__ */ OPERATIONS.reduce<
  (Operation | undefined)[]
>((rows, row) => {
  rows[row.op] = row;
  return rows;
}, []);

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
