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
  readonly kind: "allow";
}

/** The operation fails. */
export interface BlockDecision {
  readonly kind: "block";
  /** The errno it fails with. */
  readonly errno: ErrnoCode;
}

/** There is nothing of that name: ENOENT, absent from listings, EACCES for making it. */
export interface HideDecision {
  readonly kind: "hide";
}

/** The operation waits, then the next rule is asked. */
export interface DelayDecision {
  readonly kind: "delay";
  /** How long, in milliseconds. */
  readonly ms: number;
}

/** The operation is not done; this is its result. */
export interface AnswerDecision<T> {
  readonly kind: "answer";
  /** The result. */
  readonly result: T;
}

/** The operation is done with other arguments; the next rule is asked about those. */
export interface ChangeDecision<T> {
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
  stat: { answer: FileInfo; change: ChangePath };
  readdir: { answer: readonly DirEntry[]; change: ChangePath };
  open: { answer: Handle; change: ChangeOpen };
  create: { answer: Handle; change: ChangeOpen };
  mkdir: { answer: void; change: ChangeMode };
  chmod: { answer: void; change: ChangeMode };
  remove: { answer: void; change: ChangePath };
  remove_all: { answer: void; change: ChangePath };
  rename: { answer: void; change: ChangePaths & { readonly flags?: number } };
  symlink: { answer: void; change: ChangePaths };
  readlink: { answer: string; change: ChangePath };
  read: { answer: Uint8Array; change: ChangeOffset };
  write: { answer: number; change: ChangeWrite };
  sync: { answer: void; change: ChangeNothing };
  truncate: { answer: void; change: ChangePath & ChangeOffset };
  unlink: { answer: void; change: ChangePath };
  rmdir: { answer: void; change: ChangePath };
  link: { answer: void; change: ChangePaths };
  mknod: { answer: void; change: ChangeMode };
  chown: { answer: void; change: ChangePath };
  utimes: { answer: void; change: ChangePath };
  statfs: { answer: StatFs; change: ChangePath };
  getxattr: { answer: Uint8Array; change: ChangePath };
  setxattr: { answer: void; change: ChangePath & { readonly data?: Uint8Array } };
  listxattr: { answer: readonly string[]; change: ChangePath };
  removexattr: { answer: void; change: ChangePath };
  allocate: { answer: void; change: ChangeNothing };
  copy: { answer: number; change: ChangeNothing };
  lock: { answer: void; change: ChangeNothing };
}

/** What fits all the operations of a union: the result must be right for each of them. */
type AnswerOf<Op> =
  (Op extends keyof OperationTypes ? (answer: OperationTypes[Op]["answer"]) => void : never) extends
    (answer: infer Answer) => void ? Answer : never;

/** The fields that all the operations of a union have. */
type ChangeOf<Op extends keyof OperationTypes> = Pick<
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
