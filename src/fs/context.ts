/** Who asks for an operation, and how to tell when the answer is no longer wanted. */
export interface OpContext {
  /** The user id that the caller claims: to record and to map, never an authority. */
  readonly uid: number;
  /** The group id that the caller claims. */
  readonly gid: number;
  /** The process id that the caller claims; 0 where it is not known. */
  readonly pid: number;
  /** Aborted when the answer is no longer wanted: cancelled, past its deadline, or nobody there. */
  readonly signal: AbortSignal;
  /** Where the operation comes from, for logs and hooks: `"host"`, `"wire:3"`, `"fuse"` ... */
  readonly origin: string;
}

/**
 * The context of an operation that the host's own program asks for: root, never aborted.
 *
 * It is the default wherever a context is left out.
 */
export const HOST_CONTEXT: OpContext = Object.freeze({
  uid: 0,
  gid: 0,
  pid: 0,
  signal: new AbortController().signal,
  origin: "host",
});
