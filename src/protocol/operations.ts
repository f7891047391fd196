/** The operations of the wire, by name. Numbers 20 to 31 stay free for the reference design. */
export type OperationName =
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

/** One row of the table of operations. */
export interface Operation {
  /** The number on the wire. */
  readonly op: number;
  /** What it is called. */
  readonly name: OperationName;
  /** The version of the protocol that introduced it. */
  readonly since: 1 | 2;
  /** The fields of the request that it uses, beside `op`, `uid` and `gid`. */
  readonly uses: readonly string[];
  /** The fields of the answer that it fills, beside `err`. */
  readonly answers: readonly string[];
}

/** Every operation, in the order of the numbers. */
export const OPERATIONS: readonly Operation[] = [
  { op: 0, name: "lookup", since: 1, uses: ["path"], answers: ["stat"] },
  { op: 1, name: "getattr", since: 1, uses: ["path"], answers: ["stat"] },
  { op: 2, name: "setattr", since: 1, uses: ["path", "mode"], answers: ["stat"] },
  { op: 3, name: "read", since: 1, uses: ["fh", "off", "sz"], answers: ["data"] },
  { op: 4, name: "write", since: 1, uses: ["fh", "off", "data"], answers: ["written"] },
  { op: 5, name: "create", since: 1, uses: ["path", "mode"], answers: ["stat", "fh"] },
  { op: 6, name: "mkdir", since: 1, uses: ["path", "mode"], answers: ["stat"] },
  { op: 7, name: "unlink", since: 1, uses: ["path"], answers: [] },
  { op: 8, name: "rmdir", since: 1, uses: ["path"], answers: [] },
  { op: 9, name: "rename", since: 1, uses: ["path", "new_path"], answers: [] },
  { op: 10, name: "open", since: 1, uses: ["path", "flags", "mode"], answers: ["fh"] },
  { op: 11, name: "release", since: 1, uses: ["fh"], answers: [] },
  { op: 12, name: "readdir", since: 1, uses: ["path"], answers: ["entries"] },
  { op: 13, name: "fsync", since: 1, uses: ["fh"], answers: [] },
  { op: 14, name: "mkdirall", since: 1, uses: ["path", "mode"], answers: [] },
  { op: 15, name: "truncate", since: 1, uses: ["path", "fh", "off"], answers: [] },
  { op: 16, name: "symlink", since: 1, uses: ["path", "new_path"], answers: [] },
  { op: 17, name: "readlink", since: 1, uses: ["path"], answers: ["data"] },
  { op: 18, name: "link", since: 1, uses: ["path", "new_path"], answers: [] },
  { op: 19, name: "fsyncpath", since: 1, uses: ["path"], answers: [] },
];

/** The numbers of the operations, by name. */
export const OP: Readonly<Record<OperationName, number>> = Object.freeze(
  Object.fromEntries(OPERATIONS.map(({ name, op }) => [name, op])) as Record<OperationName, number>,
);
