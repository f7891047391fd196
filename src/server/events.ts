/** What a server tells whoever listens; made for log lines. */
export type ServerEvent =
  | ConnectionOpened
  | ConnectionClosed
  | ConnectionRefused
  | OperationFault;

/** A connection was accepted. */
export interface ConnectionOpened {
  /** What happened. */
  readonly type: "open";
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** Who is at the other end; empty where that is not known. */
  readonly peer: string;
}

/** A connection ended, and its handles are closed. */
export interface ConnectionClosed {
  /** What happened. */
  readonly type: "close";
  /** The number of the connection. */
  readonly connection: number;
  /** How many requests it made. */
  readonly requests: number;
  /** How many of them were answered with an errno. */
  readonly errors: number;
  /** How many handles it left open. */
  readonly handles: number;
  /** How long it lasted, in milliseconds. */
  readonly durationMs: number;
  /** Why, unless the peer closed it in order. */
  readonly error?: unknown;
}

/** A connection was closed unserved. */
export interface ConnectionRefused {
  /** What happened. */
  readonly type: "refused";
  /** Who is at the other end. */
  readonly peer: string;
  /** Why. */
  readonly reason: "connections" | "stopped";
}

/** A provider failed with something that has no errno: most likely a bug in it. */
export interface OperationFault {
  /** What happened. */
  readonly type: "fault";
  /** The number of the connection. */
  readonly connection: number;
  /** The name of the operation, or `"close"` for a handle that was left open. */
  readonly operation: string;
  /** What was thrown; the peer was told EIO. */
  readonly error: unknown;
}
