import type { Lifetimes, WireResponse2 } from "../protocol/mod.ts";

/** What a server said of itself, and what both ends agreed on. */
export interface ServerInfo {
  /** The version of the protocol that is spoken. */
  readonly version: 1 | 2;
  /** What both ends may use beside the basics. */
  readonly features: readonly string[];
  /** Whether every change is refused. */
  readonly readonly: boolean;
  /** The longest request, in bytes. */
  readonly maxFrame: number;
  /** The largest read. */
  readonly maxRead: number;
  /** The largest write. */
  readonly maxWrite: number;
  /** How many requests may be unanswered. */
  readonly maxInflight: number;
  /** How many handles there may be. */
  readonly maxHandles: number;
  /** The longest path, in bytes. */
  readonly maxPath: number;
  /** How long the session is kept without a connection, in milliseconds. */
  readonly resumeMs: number;
  /** How long answers may be cached, in milliseconds. */
  readonly lifetimes: Lifetimes;
}

/** What can be expected of a server of version 1, which says nothing of itself. */
export const INFO_1: ServerInfo = {
  version: 1,
  features: [],
  readonly: false,
  maxFrame: 1 << 20,
  maxRead: 128 << 10,
  maxWrite: 128 << 10,
  maxInflight: 64,
  maxHandles: Infinity,
  maxPath: 4096,
  resumeMs: 0,
  lifetimes: { entry: 0, attr: 0, negative: 0 },
};

/**
 * Reads the answer to `hello`.
 *
 * @param response The answer.
 * @returns What it says.
 */
export function serverInfoOf(response: WireResponse2): ServerInfo {
  return {
    version: 2,
    features: response.features,
    readonly: response.readonly,
    maxFrame: response.max_frame,
    maxRead: Math.max(1, response.max_read),
    maxWrite: Math.max(1, response.max_write),
    maxInflight: Math.max(1, response.max_inflight),
    maxHandles: response.max_handles,
    maxPath: response.max_path,
    resumeMs: response.resume,
    lifetimes: response.ttl ?? { entry: 0, attr: 0, negative: 0 },
  };
}
