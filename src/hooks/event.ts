import type { ErrnoCode } from "../fs/errno.ts";
import type { HookOp } from "./ops.ts";
import type { HookOutcome } from "./request.ts";

/** One operation that is over. */
export interface HookEvent {
  /** Tells it from a {@link HookLoss}. */
  readonly type: "event";
  /** Its number: one more than that of the event before. */
  readonly seq: number;
  /** When it ended, in milliseconds since 1970. */
  readonly time: number;
  /** How long it took, in milliseconds, hooks included. */
  readonly duration: number;
  /** What was done: `create` for an open that made the file. */
  readonly op: HookOp;
  /** What it was done to, as it was asked for. */
  readonly path: string;
  /** The other end of a rename, link or copy, or the target of a symlink. */
  readonly newPath?: string | undefined;
  /** The caller's user id, as claimed. */
  readonly uid: number;
  /** The caller's group id, as claimed. */
  readonly gid: number;
  /** The caller's process id, as claimed; 0 where it is not known. */
  readonly pid: number;
  /** Where the operation came from. */
  readonly origin: string;
  /** How it ended. */
  readonly outcome: HookOutcome;
  /** The errno that the caller got, if it failed or was blocked. */
  readonly errno?: ErrnoCode | undefined;
  /** The name of the rule that decided, if one did. */
  readonly rule?: string | undefined;
  /** How many bytes were read, written or copied. */
  readonly bytes: number;
}

/** Events, or calls of an asynchronous hook, that there was no room for. */
export interface HookLoss {
  /** Tells it from a {@link HookEvent}. */
  readonly type: "loss";
  /** What is lost: events of this stream, or calls of asynchronous after-hooks. */
  readonly what: "events" | "hooks";
  /** How many. */
  readonly count: number;
  /** The first that is lost: the number of an event, or of an operation. */
  readonly from: number;
  /** The last that is lost. */
  readonly to: number;
}

/** What an event stream delivers. */
export type HookRecord = HookEvent | HookLoss;
