import type { ReconnectPolicy } from "./reconnect_policy.ts";

/** How a {@link VfsClient} behaves. */
export interface ConnectOptions {
  /**
   * How long an answer may take, in milliseconds (default 30 s; 0: for ever). After that the call is
   * cancelled and fails with ETIMEDOUT; it may take effect all the same. Operations that may well
   * take long (`removeall`, `fsync`, a `lock` that waits ...) have no such limit.
   */
  readonly timeoutMs?: number;
  /** The user id to claim where a call says nothing else (default 0). */
  readonly uid?: number;
  /** The group id to claim where a call says nothing else (default 0). */
  readonly gid?: number;
  /** The longest answer that is accepted, in bytes (default 4 MiB). */
  readonly replyBytes?: number;
  /** The highest version to speak (default 2). */
  readonly version?: 1 | 2;
  /** What to tell the server about this program, for its logs. */
  readonly name?: string;
  /** What to do when the connection is lost (default: give up). */
  readonly reconnect?: ReconnectPolicy;
  /**
   * How long the server shall keep the session after a lost connection, in milliseconds (default
   * 60 s with `reconnect`, otherwise 0: everything is released at once).
   */
  readonly resumeMs?: number;
  /** Told what happens to the connection. What it throws is ignored. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/** What a {@link VfsClient} tells. */
export type ClientEvent =
  /** A connection is there; `resumed` if the session is the one of before. */
  | { readonly type: "connected"; readonly version: 1 | 2; readonly resumed: boolean }
  /** The connection is gone. */
  | { readonly type: "lost"; readonly error: unknown }
  /** A file could not be had again in a new session. */
  | { readonly type: "stale"; readonly path: string; readonly reason: string };
