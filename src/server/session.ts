import type { OpContext, Provider } from "../fs/mod.ts";
import { OP, type WireRequest, type WireRequest2 } from "../protocol/mod.ts";
import type { ChangeHub } from "./change_hub.ts";
import { effectsOf } from "./effects.ts";
import { type HandleBudget, HandleTable } from "./handle_table.ts";
import type { ServerLimits } from "./limits.ts";

/** Operations that may have done a part of what they could not do. */
const SEVERAL_STEPS: readonly number[] = [OP.setattr, OP.mkdirall, OP.removeall, OP.copyrange];

/** What a session needs to know of the server it belongs to. */
export interface SessionHost {
  /** What is served. */
  readonly provider: Provider;
  /** The limits. */
  readonly limits: ServerLimits;
  /** The handles of the whole server. */
  readonly budget: HandleBudget;
  /** Tells sessions what others change. */
  readonly changes: ChangeHub;
  /** Told of what a provider threw that has no errno. */
  fault(connection: number, operation: string, error: unknown): void;
}

/** One peer's view of the server: its handles, and who it says it is. */
export class Session {
  /** The number of the connection. */
  readonly id: number;
  /** What is served. */
  readonly provider: Provider;
  /** The limits. */
  readonly limits: ServerLimits;
  /** The handles of the peer. */
  readonly handles: HandleTable;
  /** Where its operations come from, for logs and hooks. */
  readonly origin: string;
  readonly #host: SessionHost;
  #abort: AbortController | undefined;
  #context: OpContext | undefined;
  #ended = false;

  /**
   * @param id The number of the connection.
   * @param host The server.
   */
  constructor(id: number, host: SessionHost) {
    this.id = id;
    this.provider = host.provider;
    this.limits = host.limits;
    this.#host = host;
    this.origin = `wire:${id}`;
    this.handles = new HandleTable(
      host.limits.handlesPerConnection,
      host.budget,
      (error) => this.fault("close", error),
    );
  }

  /** Aborted when the session ends. Made when somebody asks for it: few operations do. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#ended) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  /**
   * Gives the context of a request.
   *
   * @param uid The user id that the peer claims.
   * @param gid The group id that the peer claims.
   * @returns A context that never changes; the same one as long as the claims stay the same.
   */
  context(uid: number, gid: number): OpContext {
    const last = this.#context;
    if (last !== undefined && last.uid === uid && last.gid === gid) return last;
    return this.#context = new WireContext(uid, gid, this.origin, this);
  }

  /** Tells of what a provider threw that has no errno. */
  fault(operation: string, error: unknown): void {
    this.#host.fault(this.id, operation, error);
  }

  /** Tells others what a request that succeeded has changed. */
  changed(request: WireRequest): void {
    const { changes } = this.#host;
    if (!changes.isActive) return;
    for (const change of effectsOf(request, this.handles)) changes.publish(this, change);
  }

  /** Tells others what a request may have changed before it failed: of more rather than of less. */
  failed(request: WireRequest & Partial<Pick<WireRequest2, "plus">>): void {
    if (request.plus !== true && !SEVERAL_STEPS.includes(request.op)) return;
    try {
      this.changed(request);
    } catch { /* A path that cannot be names nothing. */ }
  }

  /** Aborts what is under way and closes every handle. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#abort?.abort();
    await this.handles.end();
  }
}

class WireContext implements OpContext {
  readonly uid: number;
  readonly gid: number;
  readonly pid = 0;
  readonly origin: string;
  readonly #session: Session;

  constructor(uid: number, gid: number, origin: string, session: Session) {
    this.uid = uid;
    this.gid = gid;
    this.origin = origin;
    this.#session = session;
  }

  get signal(): AbortSignal {
    return this.#session.signal;
  }
}
