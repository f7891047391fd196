import { type Change, type Handle, VfsError } from "../../fs/mod.ts";
import { FrameWriter } from "../../protocol/mod.ts";
import type { ConnectionHost } from "../connection.ts";
import type { ServerLimits } from "../limits.ts";
import { Session } from "../session.ts";
import type { Outlet } from "./outlet.ts";

/** What was agreed in `hello`. */
export interface Agreement {
  /** The limits, as far as the client's own are narrower. */
  readonly limits: ServerLimits;
  /** How long the session is kept without a connection, in milliseconds. */
  readonly resumeMs: number;
  /** Whether notices are sent. */
  readonly notify: boolean;
}

/** The least of a session's name and secret that nobody guesses. */
const NAME_BYTES = 16;
const TOKEN_BYTES = 32;

/** One peer's view of the server in version 2. It may outlive its connection. */
export class Session2 extends Session {
  /** What was agreed. */
  readonly agreement: Agreement;
  /** The name of the session. */
  readonly name: Uint8Array = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  /** The secret of the session. */
  readonly token: Uint8Array = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  /** Where answers go. */
  readonly outlet: Outlet;
  readonly #host: ConnectionHost;
  /** What was not sent yet. */
  #notices: Change[] = [];
  #wake: () => void = () => {};

  /**
   * @param id The number of the connection that it began with.
   * @param host The server.
   * @param agreement What was agreed.
   */
  constructor(id: number, host: ConnectionHost, agreement: Agreement) {
    super(id, { ...host, limits: agreement.limits });
    this.agreement = agreement;
    this.#host = host;
    this.outlet = { writer: this.newWriter(), pool: host.pool };
  }

  /** Makes a place for the answers of a connection. */
  newWriter(): FrameWriter {
    return new FrameWriter(this.agreement.limits.replyBytes, this.#host.pool);
  }

  /** Sets who is to be woken when there are notices. */
  set onNotice(wake: () => void) {
    this.#wake = wake;
  }

  /** The name of a lock's owner among the owners of all sessions. */
  ownerFromPeer(owner: string): string {
    return `${this.#prefix}${owner}`;
  }

  /** The name of a lock's owner as the peer knows it. */
  ownerForPeer(owner: string): string {
    return owner.startsWith(this.#prefix) ? owner.slice(this.#prefix.length) : owner;
  }

  get #prefix(): string {
    return `${this.id}:`;
  }

  /** Closes a handle that nobody will ever use. */
  discard(handle: Handle): void {
    try {
      const closed = handle.close();
      Promise.resolve(closed).catch((error) => this.fault("close", error));
    } catch (error) {
      this.fault("close", error);
    }
  }

  /**
   * Begins to tell of changes at a path and below it.
   *
   * @throws {VfsError} EOPNOTSUPP if notices were not agreed on, ENOSPC if there are too many.
   */
  subscribe(path: string): void {
    const { changes, limits } = this.#host;
    if (!this.agreement.notify) throw new VfsError("EOPNOTSUPP");
    const paths = changes.pathsOf(this);
    if (!paths.includes(path) && paths.length >= limits.subscriptions) throw new VfsError("ENOSPC");
    changes.subscribe(this, path);
  }

  /** Ends that. */
  unsubscribe(path: string): void {
    this.#host.changes.unsubscribe(this, path);
  }

  /** Told of a change; it is sent with what is sent next. */
  notify(change: Change): void {
    if (this.#notices.length < this.#host.limits.notices) this.#notices.push(change);
    else this.loseNotices();
    this.#wake();
  }

  /** What was to be told cannot be: the peer is told to forget everything. */
  loseNotices(): void {
    this.#notices = this.#host.changes.pathsOf(this).map((path) => ({ kind: "tree", path }));
  }

  /** Gives what is to be told, and forgets it. */
  takeNotices(): readonly Change[] {
    const notices = this.#notices;
    if (notices.length > 0) this.#notices = [];
    return notices;
  }

  override async end(): Promise<void> {
    this.#host.changes.unsubscribe(this);
    await super.end();
  }
}
