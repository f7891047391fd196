/**
 * What a policy hook can decide. The types know which decision fits which operation: to answer a
 * `stat` with text, or to block a `close`, does not compile.
 *
 * @module
 */

import type { ErrnoCode } from "../fs/errno.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirEntry, FileInfo, StatFs } from "../fs/info.ts";
import type { HookOp } from "./ops.ts";

/** The operation goes on, and no later rule is asked. */
export interface AllowDecision {
  /** Tells the decisions apart. */
  readonly kind: "allow";
}

/** The operation fails. */
export interface BlockDecision {
  /** Tells the decisions apart. */
  readonly kind: "block";
  /** The errno it fails with. */
  readonly errno: ErrnoCode;
}

/** There is nothing of that name: ENOENT, absent from listings, EACCES for making it. */
export interface HideDecision {
  /** Tells the decisions apart. */
  readonly kind: "hide";
}

/** The operation waits, then the next rule is asked. */
export interface DelayDecision {
  /** Tells the decisions apart. */
  readonly kind: "delay";
  /** How long, in milliseconds. */
  readonly ms: number;
}

/** The operation is not done; this is its result. */
export interface AnswerDecision<T> {
  /** Tells the decisions apart. */
  readonly kind: "answer";
  /** The result. */
  readonly result: T;
}

/** The operation is done with other arguments; the next rule is asked about those. */
export interface ChangeDecision<T> {
  /** Tells the decisions apart. */
  readonly kind: "change";
  /** The arguments that are other. */
  readonly fields: T;
  /** Never there: it makes the types refuse a field that the operation does not have. */
  readonly only?: keyof T;
}

/** The path of an operation, for {@link change}. */
export interface ChangePath {
  /** Another path. */
  readonly path?: string;
}

/** Both paths of an operation; of `symlink`, `newPath` is the target. */
export interface ChangePaths extends ChangePath {
  /** Another new path, or target. */
  readonly newPath?: string;
}

/** The arguments of an open. */
export interface ChangeOpen extends ChangePath {
  /** Other open flags. */
  readonly flags?: number;
  /** Other permissions for a file that is made. */
  readonly mode?: number;
}

/** A path and a mode. */
export interface ChangeMode extends ChangePath {
  /** Another mode. */
  readonly mode?: number;
}

/** A place in a file, or for `truncate` its size. */
export interface ChangeOffset {
  /** Another offset or size. */
  readonly offset?: number;
}

/** What is written, and where. */
export interface ChangeWrite extends ChangeOffset {
  /**
   * Other bytes, as many as there were: the guest is never told a size that is not so. For another
   * length there is `transformFile`.
   */
  readonly data?: Uint8Array;
}

/** No argument can be other. */
export type ChangeNothing = Record<never, never>;

/** For each operation: what it can be answered with, and what can be changed. */
export interface OperationTypes {
  /** Attributes of a path. */
  stat: { answer: FileInfo; change: ChangePath };
  /** The entries of a directory. */
  readdir: { answer: readonly DirEntry[]; change: ChangePath };
  /** A file is opened. */
  open: { answer: Handle; change: ChangeOpen };
  /** A file is made and opened. */
  create: { answer: Handle; change: ChangeOpen };
  /** A directory is made. */
  mkdir: { answer: void; change: ChangeMode };
  /** Permissions are set. */
  chmod: { answer: void; change: ChangeMode };
  /** A name is removed. */
  remove: { answer: void; change: ChangePath };
  /** A tree is removed. */
  remove_all: { answer: void; change: ChangePath };
  /** Something gets another name. */
  rename: { answer: void; change: ChangePaths & { readonly flags?: number } };
  /** A symbolic link is made. */
  symlink: { answer: void; change: ChangePaths };
  /** The target of a symbolic link. */
  readlink: { answer: string; change: ChangePath };
  /** Bytes of an open file. */
  read: { answer: Uint8Array; change: ChangeOffset };
  /** Bytes for an open file; the answer is how many were written. */
  write: { answer: number; change: ChangeWrite };
  /** What was written is made lasting. */
  sync: { answer: void; change: ChangeNothing };
  /** The size of a file is set. */
  truncate: { answer: void; change: ChangePath & ChangeOffset };
  /** A name of a file is removed. */
  unlink: { answer: void; change: ChangePath };
  /** An empty directory is removed. */
  rmdir: { answer: void; change: ChangePath };
  /** A file gets a further name. */
  link: { answer: void; change: ChangePaths };
  /** A special file is made. */
  mknod: { answer: void; change: ChangeMode };
  /** Owners are set. */
  chown: { answer: void; change: ChangePath };
  /** Times are set. */
  utimes: { answer: void; change: ChangePath };
  /** The size of the filesystem. */
  statfs: { answer: StatFs; change: ChangePath };
  /** The value of an extended attribute. */
  getxattr: { answer: Uint8Array; change: ChangePath };
  /** An extended attribute is set. */
  setxattr: { answer: void; change: ChangePath & { readonly data?: Uint8Array } };
  /** The names of extended attributes. */
  listxattr: { answer: readonly string[]; change: ChangePath };
  /** An extended attribute is removed. */
  removexattr: { answer: void; change: ChangePath };
  /** Space is reserved or freed. */
  allocate: { answer: void; change: ChangeNothing };
  /** A range is copied; the answer is how many bytes were. */
  copy: { answer: number; change: ChangeNothing };
  /** A lock is taken or given back. */
  lock: { answer: void; change: ChangeNothing };
}

/** What fits all the operations of a union: the result must be right for each of them. */
export type AnswerOf<Op> =
  (Op extends keyof OperationTypes ? (answer: OperationTypes[Op]["answer"]) => void : never) extends
    (answer: infer Answer) => void ? Answer : never;

/** The fields that all the operations of a union have. */
export type ChangeOf<Op extends keyof OperationTypes> = Pick<
  OperationTypes[Op]["change"],
  keyof OperationTypes[Op]["change"]
>;

/**
 * What a hook on these operations can decide; of several operations, what is right for all of them.
 *
 * @typeParam Op The operations.
 */
export type Decision<Op extends HookOp = HookOp> = [Op] extends [keyof OperationTypes] ?
    | AllowDecision
    | BlockDecision
    | HideDecision
    | DelayDecision
    | AnswerDecision<AnswerOf<Op>>
    | ChangeDecision<ChangeOf<Op>>
  // `close` has to free what it holds, whatever a hook thinks of it.
  : [Op] extends ["close"] ? AllowDecision
  : AllowDecision | BlockDecision | HideDecision | DelayDecision;

/** Any decision at all, for who does not know the operation. */
export type AnyDecision =
  | AllowDecision
  | BlockDecision
  | HideDecision
  | DelayDecision
  | AnswerDecision<unknown>
  | ChangeDecision<unknown>;

const ALLOW: AllowDecision = Object.freeze({ kind: "allow" });

/**
 * Lets the operation go on, and asks no later rule: an exception from what follows.
 *
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { allow, hook } from "@vfs/server/core";
 *
 * hook({ pathPattern: "/w/public/**", before: () => allow() });
 * ```
 */
export function allow(): AllowDecision {
  return ALLOW;
}

/**
 * Makes the operation fail.
 *
 * @param errno The name of the errno (default `"EPERM"`, as in the reference design).
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { block, hook } from "@vfs/server/core";
 *
 * hook({ ops: ["create"], pathPattern: "/w/*.exe", before: () => block("EACCES") });
 * ```
 */
export function block(errno: ErrnoCode = "EPERM"): BlockDecision {
  return { kind: "block", errno };
}

/**
 * Makes the operation wait, before the next rule is asked.
 *
 * @param ms How long, in milliseconds.
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { delay, hook } from "@vfs/server/core";
 *
 * hook({ ops: ["read"], before: () => delay(5) }); // a slow disk
 * ```
 */
export function delay(ms: number): DelayDecision {
  return { kind: "delay", ms };
}

/**
 * Gives the result of the operation, which is then not done.
 *
 * @param result The result; left out for operations that have none.
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { answer, hook } from "@vfs/server/core";
 *
 * hook({ ops: ["readlink"], pathPattern: "/w/current", before: () => answer("releases/7") });
 * ```
 */
export function answer(): AnswerDecision<void>;
/** Gives the result of an operation that has one. */
export function answer<T>(result: T): AnswerDecision<T>;
export function answer(result?: unknown): AnswerDecision<unknown> {
  return { kind: "answer", result };
}

/**
 * Does the operation with other arguments. The next rules are asked about those; with another path,
 * all the rules are.
 *
 * @param fields The arguments that are other.
 * @returns The decision.
 *
 * @example
 * ```ts
 * import { change, hook } from "@vfs/server/core";
 *
 * hook({ ops: ["mkdir"], before: (request) => change({ mode: request.mode & 0o755 }) });
 * ```
 */
export function change<T>(fields: T): ChangeDecision<T> {
  return { kind: "change", fields };
}
