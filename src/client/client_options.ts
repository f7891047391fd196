/** How a client behaves. */
export interface ClientOptions {
  /**
   * How long an answer may take, in milliseconds (default 30 s; 0: for ever). After that the call
   * fails with ETIMEDOUT; the operation may take effect all the same.
   */
  readonly timeoutMs?: number;
  /** The user id to claim (default 0). */
  readonly uid?: number;
  /** The group id to claim (default 0). */
  readonly gid?: number;
  /** The longest answer that is accepted, in bytes (default 16 MiB). */
  readonly replyBytes?: number;
}
