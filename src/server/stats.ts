import { operationOf, OPERATIONS } from "../protocol/mod.ts";

/** The counters of a server, since it was made unless said otherwise. */
export interface ServerStats {
  /** Connections there are now. */
  readonly connections: number;
  /** Connections that were accepted. */
  readonly accepted: number;
  /** Connections that were closed unserved. */
  readonly refused: number;
  /** Connections that were closed because of what the peer sent, or did not send in time. */
  readonly aborted: number;
  /** Requests that were decoded. */
  readonly requests: number;
  /** Requests that were answered with an errno. */
  readonly errors: number;
  /** Bytes that arrived. */
  readonly bytesIn: number;
  /** Bytes that were handed out to be sent. */
  readonly bytesOut: number;
  /** Handles there are now. */
  readonly handles: number;
  /** Sessions that wait for their clients to come back. */
  readonly parked: number;
  /** How often each operation was asked for, by its name; those never asked for are left out. */
  readonly operations: Readonly<Record<string, number>>;
}

/** The counters while they count. */
export class Counters {
  /** Connections that were accepted. */
  accepted = 0;
  /** Connections that were closed unserved. */
  refused = 0;
  /** Connections that were closed because of the peer. */
  aborted = 0;
  /** Requests that were decoded. */
  requests = 0;
  /** Requests that were answered with an errno. */
  errors = 0;
  /** Bytes that arrived. */
  bytesIn = 0;
  /** Bytes that were handed out. */
  bytesOut = 0;
  readonly #operations: number[] = [];

  /** Counts a request. */
  count(op: number): void {
    this.requests++;
    // Numbers that mean nothing are as many as a peer likes: they are not kept.
    if (operationOf(op) === undefined) return;
    this.#operations[op] = (this.#operations[op] ?? 0) + 1;
  }

  /** A picture of the counters as they are. */
  snapshot(connections: number, handles: number, parked: number): ServerStats {
    const operations: Record<string, number> = {};
    for (const { op, name } of OPERATIONS) {
      const count = this.#operations[op];
      if (count !== undefined) operations[name] = count;
    }
    const { accepted, refused, aborted, requests, errors, bytesIn, bytesOut } = this;
    return {
      connections,
      accepted,
      refused,
      aborted,
      requests,
      errors,
      bytesIn,
      bytesOut,
      handles,
      parked,
      operations,
    };
  }
}
