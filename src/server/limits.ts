import type { FieldLimits } from "../protocol/mod.ts";

/**
 * What one server gives away at most. Nothing is sized by a number that a peer sent before it was
 * compared with one of these.
 */
export interface ServerLimits extends FieldLimits {
  /** The longest request, in bytes without its length (default 1 MiB and 64 KiB). */
  readonly frameBytes: number;
  /** The longest answer (default 4 MiB); a listing that would be longer is EOVERFLOW. */
  readonly replyBytes: number;
  /** The longest path, in bytes (default 4096); a longer one is ENAMETOOLONG. */
  readonly pathBytes: number;
  /** The most data of one write (default 1 MiB); more is EINVAL. */
  readonly dataBytes: number;
  /** The most data of one read (default 1 MiB); a larger read is cut to this. */
  readonly readBytes: number;
  /** How many bytes of answers are collected before they are sent (default 128 KiB). */
  readonly batchBytes: number;
  /** How many bytes of buffers are kept for their next use (default 16 MiB). */
  readonly pooledBytes: number;
  /** How many connections there may be at a time (default 64); one more is closed at once. */
  readonly connections: number;
  /** How many handles one connection may hold (default 4096); one more is EMFILE. */
  readonly handlesPerConnection: number;
  /** How many handles all connections may hold together (default 16384); one more is ENFILE. */
  readonly handles: number;
  /** How many requests of version 2 may be unanswered on a connection (default 128). */
  readonly inflight: number;
  /** How many bytes those may carry and ask for before nothing more is read (default 16 MiB). */
  readonly inflightBytes: number;
  /** How many parts of the tree a session may subscribe to (default 64); one more is ENOSPC. */
  readonly subscriptions: number;
  /** How many changes may wait to be told (default 1024); beyond, all is said to have changed. */
  readonly notices: number;
  /** How long a session may live on without a connection, in milliseconds (default 60 s). */
  readonly resumeMs: number;
  /** How many sessions may do that at a time (default 64); one more ends the oldest. */
  readonly resumableSessions: number;
  /** How long a frame may take to become complete, in milliseconds (default 10 s; 0: for ever). */
  readonly frameMs: number;
  /** How long a connection may ask for nothing, in milliseconds (default 0: for ever). */
  readonly idleMs: number;
  /** How long `stop` and closing wait for what is under way, in milliseconds (default 5 s). */
  readonly drainMs: number;
}

/** The limits of a server that was not told others. */
export const DEFAULT_LIMITS: ServerLimits = Object.freeze({
  frameBytes: (1 << 20) + (64 << 10),
  replyBytes: 4 << 20,
  pathBytes: 4096,
  dataBytes: 1 << 20,
  readBytes: 1 << 20,
  batchBytes: 128 << 10,
  pooledBytes: 16 << 20,
  connections: 64,
  handlesPerConnection: 4096,
  handles: 16384,
  inflight: 128,
  inflightBytes: 16 << 20,
  subscriptions: 64,
  notices: 1024,
  resumeMs: 60_000,
  resumableSessions: 64,
  frameMs: 10_000,
  idleMs: 0,
  drainMs: 5_000,
});

/**
 * Completes limits with the defaults, and refuses numbers that make no sense.
 *
 * @param limits Those that differ from the defaults.
 * @returns All of them.
 * @throws {RangeError} One is not a whole number, is negative, or is 0 where that would mean nothing.
 *
 * @example
 * ```ts
 * import { resolveLimits } from "@vfs/server/core";
 *
 * console.log(resolveLimits({ connections: 8 }).handles); // 16384
 * ```
 */
export function resolveLimits(limits: Partial<ServerLimits> = {}): ServerLimits {
  const all: Record<string, number> = { ...DEFAULT_LIMITS };
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined) continue;
    if (!(name in DEFAULT_LIMITS)) throw new RangeError(`Cannot set the limit ${name}: unknown`);
    const least = name.endsWith("Ms") || name === "pooledBytes" ? 0 : 1;
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`Cannot set the limit ${name} to ${value}: not a whole number`);
    }
    all[name] = value;
  }
  return all as unknown as ServerLimits;
}
