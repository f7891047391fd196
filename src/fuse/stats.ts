/** What a session has done and what it holds, as a plain object. */
export interface FuseStats {
  /** Requests received. */
  readonly requests: number;
  /** Requests answered with an errno (a name that does not exist is one). */
  readonly errors: number;
  /** Requests that the kernel interrupted while they were in flight. */
  readonly interrupts: number;
  /** Requests answered with ETIMEDOUT because the provider was silent. */
  readonly timeouts: number;
  /** Bytes that READ requests got. */
  readonly bytesRead: number;
  /** Bytes that WRITE requests brought. */
  readonly bytesWritten: number;
  /** Inodes that the kernel knows of. */
  readonly nodes: number;
  /** Files and directories that are open. */
  readonly files: number;
  /** Requests in flight. */
  readonly pending: number;
}

const NAMES = [
  "requests",
  "errors",
  "interrupts",
  "timeouts",
  "bytesRead",
  "bytesWritten",
  "nodes",
  "files",
  "pending",
] as const satisfies readonly (keyof FuseStats)[];

/** How many bytes {@link FuseCounters} needs. */
export const FUSE_COUNTERS_BYTES: number = NAMES.length * 8;

/**
 * The counters of a session. They may lie in shared memory, so that another thread can look at a
 * session that is busy.
 */
export class FuseCounters {
  /** One cell for each counter. */
  readonly cells: Float64Array;

  /**
   * Counts in memory of its own, or in memory that a thread shares.
   *
   * @param memory Where the counters lie: {@link FUSE_COUNTERS_BYTES} bytes.
   */
  constructor(memory: ArrayBufferLike = new ArrayBuffer(FUSE_COUNTERS_BYTES)) {
    this.cells = new Float64Array(memory, 0, NAMES.length);
  }

  /**
   * Answers what was counted so far.
   *
   * @returns The counters now.
   */
  snapshot(): FuseStats {
    return Object.fromEntries(
      NAMES.map((name, i) => [name, this.cells[i]]),
    ) as unknown as FuseStats;
  }
}

/** Where each counter lies. */
export const COUNTER = {
  requests: 0,
  errors: 1,
  interrupts: 2,
  timeouts: 3,
  bytesRead: 4,
  bytesWritten: 5,
  nodes: 6,
  files: 7,
  pending: 8,
} as const;
