import { type Change, HOST_CONTEXT, toVfsError, VfsError } from "../fs/mod.ts";
import {
  BufferPool,
  type OperationName,
  type WireRequest2,
  type WireResponse2,
} from "../protocol/mod.ts";
import type { Transport } from "../server/transport.ts";
import { Call } from "./_call.ts";
import type { Dialect } from "./_dialect.ts";
import { greet, type Greeted } from "./_greeting.ts";
import { OpenFiles } from "./_open_files.ts";
import type { RemoteFile } from "./remote_file.ts";
import { Requests } from "./_requests.ts";
import { Subscriptions } from "./_subscriptions.ts";
import type { WireLink } from "./_wire_link.ts";
import type { CallOptions } from "./call_options.ts";
import type { ClientEvent, ConnectOptions } from "./connect_options.ts";
import { INFO_1, type ServerInfo, serverInfoOf } from "./server_info.ts";

/** The fields of a request that have a meaning. */
export type RequestFields = Partial<WireRequest2>;

/** Operations that may well take long. */
const SLOW: readonly OperationName[] = ["removeall", "fsync", "fsyncpath", "datasync", "copyrange"];

/** How long a server has to say goodbye, in milliseconds. */
const GOODBYE_MS = 1000;

/**
 * A client of version 2, which falls back to version 1 where the server knows no better.
 *
 * Calls may be made at any time and in any number: as many as the server allows are under way at a
 * time, the others wait. A call ends early by an `AbortSignal`. With
 * {@link ConnectOptions.reconnect} a connection that is lost is made again, and the session goes on:
 * with the files that are open, and each request executed once. What cannot go on fails with ESTALE.
 *
 * {@link RemoteProvider} makes a provider of it, which is what most programs want.
 *
 * @example
 * ```ts
 * import { MemoryProvider, StreamTransport, VfsClient, VfsServer } from "@vfs/server/core";
 *
 * const server = new VfsServer(MemoryProvider.from({ "a.txt": "hello" }));
 * const client = await VfsClient.connect(() => {
 *   const there = new TransformStream<Uint8Array, Uint8Array>();
 *   const back = new TransformStream<Uint8Array, Uint8Array>();
 *   void server.handleConnection({ readable: there.readable, writable: back.writable });
 *   return new StreamTransport({ readable: back.readable, writable: there.writable });
 * });
 * const size = await client.call("getattr", { path: "/a.txt" }, (answer) => answer.attr?.size);
 * console.log(client.server.version, size); // 2 5
 * await client.close();
 * await server.stop();
 * ```
 */
export class VfsClient {
  readonly #connect: () => Transport | PromiseLike<Transport>;
  readonly #options: ConnectOptions;
  readonly #pool = new BufferPool();
  readonly #requests = new Requests();
  readonly #files = new OpenFiles();
  readonly #subscriptions = new Subscriptions();
  readonly #closed = Promise.withResolvers<void>();
  #server: ServerInfo = INFO_1;
  #session: { readonly session: Uint8Array; readonly token: Uint8Array } | undefined;
  #link: WireLink | undefined;
  /** Whether a connection is being made, and who does that sees to its loss. */
  #isEstablishing = false;
  #isClosing = false;
  /** Why there will be no connection any more. */
  #end: VfsError | undefined;

  private constructor(
    connect: () => Transport | PromiseLike<Transport>,
    options: ConnectOptions,
  ) {
    this.#connect = connect;
    this.#options = options;
  }

  /**
   * Connects.
   *
   * @param connect Makes a connection; called again for each attempt to reconnect.
   * @param options How to behave.
   * @returns The client, when the server has said hello.
   * @throws {VfsError} What `connect` throws; ECONNRESET, ETIMEDOUT, EPROTO.
   */
  static async connect(
    connect: () => Transport | PromiseLike<Transport>,
    options: ConnectOptions = {},
  ): Promise<VfsClient> {
    const client = new VfsClient(connect, options);
    try {
      await client.#establish();
    } catch (error) {
      client.#giveUp(toVfsError(error, "cannot connect"));
      throw error;
    }
    return client;
  }

  /** What the server said of itself. */
  get server(): ServerInfo {
    return this.#server;
  }

  /** Resolves when the client is closed, or has given up to reconnect. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Whether there is a connection at present. */
  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Whether it matters which file a handle is, because it may have to be opened again. */
  get needsIdentity(): boolean {
    return this.#options.reconnect !== undefined;
  }

  /**
   * Makes one request.
   *
   * @param name The operation.
   * @param fields The fields of the request that have a meaning.
   * @param take Reads the answer. Its bytes are the connection's: they are valid during the call.
   * @param options How this call behaves.
   * @returns What `take` returned.
   * @throws {VfsError} The errno of the answer; EINTR, ETIMEDOUT; ECONNRESET if there is no connection
   * any more, ESTALE for what did not survive the loss of one.
   */
  call<T>(
    name: OperationName,
    fields: RequestFields,
    take: (answer: WireResponse2) => T,
    options: CallOptions = {},
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#end !== undefined) {
      reject(this.#end);
      return promise;
    }
    const { context = HOST_CONTEXT } = options;
    const isHost = context === HOST_CONTEXT;
    fields.uid = isHost ? this.#options.uid ?? 0 : context.uid;
    fields.gid = isHost ? this.#options.gid ?? 0 : context.gid;
    fields.pid ??= context.pid;
    const call = new Call(name, fields, options.files ?? [], (answer) => {
      resolve(take(answer));
    }, reject);
    this.#limit(call, isHost ? undefined : context.signal, options);
    if (!options.signal?.aborted && (isHost || !context.signal.aborted)) {
      this.#requests.submit(call);
    }
    return promise;
  }

  /** Sees to it that a call ends when it is aborted or takes too long. */
  #limit(call: Call, contextSignal: AbortSignal | undefined, options: CallOptions): void {
    const { name, fields } = call;
    const { timeoutMs = this.#options.timeoutMs ?? 30_000 } = options;
    const signals = [contextSignal, options.signal].filter((signal) => signal !== undefined);
    const isSlow = SLOW.includes(name) || fields.wait === true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (timeoutMs > 0 && (!isSlow || options.timeoutMs !== undefined)) {
      timer = setTimeout(() => {
        const late = new VfsError("ETIMEDOUT", `${name}: no answer within ${timeoutMs} ms`);
        this.#requests.cancel(call, late, false);
      }, timeoutMs);
    }
    const onAbort = (): void =>
      this.#requests.cancel(call, new VfsError("EINTR", `${name}: aborted`), this.isConnected);
    call.cleanUp = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", onAbort);
    };
    for (const signal of signals) {
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort);
    }
  }

  /** Asks whether the server is there. */
  ping(options?: CallOptions): Promise<void> {
    return this.call("ping", {}, () => {}, options);
  }

  /**
   * Tells of what others change at a path and below it.
   *
   * @param path A clean path.
   * @param listener Told of each change; `tree` where it is not known what changed exactly.
   * @returns Ends it.
   * @throws {VfsError} EOPNOTSUPP if the server tells of nothing.
   */
  async subscribe(path: string, listener: (change: Change) => void): Promise<() => void> {
    if (!this.#server.features.includes("notify")) throw new VfsError("EOPNOTSUPP", "notify");
    const isFirst = this.#subscriptions.add(path, listener);
    const stop = (): void => {
      if (this.#subscriptions.remove(path, listener)) this.#requests.tell("unsubscribe", { path });
    };
    try {
      if (isFirst) await this.call("subscribe", { path }, () => {});
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  /** Remembers a file that was opened. */
  track(file: RemoteFile): void {
    this.#files.add(file);
  }

  /** Forgets a file that is closed. */
  untrack(file: RemoteFile): void {
    this.#files.delete(file);
  }

  /**
   * Says goodbye and closes the connection. Calls under way fail with ECONNRESET.
   *
   * @returns When it is closed.
   */
  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#isClosing = true;
    if (this.#link !== undefined && this.#server.version === 2) {
      await this.call("goodbye", {}, () => {}, { timeoutMs: GOODBYE_MS }).catch(() => {});
    }
    this.#giveUp(new VfsError("ECONNRESET", "the client was closed"));
  }

  #giveUp(error: VfsError): void {
    this.#end ??= error;
    const link = this.#link;
    this.#link = undefined;
    this.#requests.detach(this.#end);
    this.#requests.fail(this.#end);
    link?.destroy(this.#end);
    this.#closed.resolve();
  }

  /** Makes a connection, says hello, and goes on where the one before ended. */
  async #establish(): Promise<void> {
    this.#isEstablishing = true;
    try {
      const transport = await this.#connect();
      if (this.#end !== undefined) {
        transport.destroy();
        throw this.#end;
      }
      const fields = { id: this.#requests.nextId(), ...this.#session };
      const greeted = await greet(transport, this.#options, fields, this.#pool, {
        agreed: (link, dialect, answer) => this.#agree(link, dialect, answer),
        frame: (answer) => this.#frame(answer),
        drained: () => this.#requests.pump(),
        lost: (link, error) => this.#lost(link, error),
      });
      await this.#goOn(greeted);
    } finally {
      this.#isEstablishing = false;
    }
  }

  /** The answer to hello is there: requests may go. */
  #agree(link: WireLink, dialect: Dialect, answer: WireResponse2): void {
    this.#server = dialect.version === 1 ? INFO_1 : serverInfoOf(answer);
    this.#link = link;
    this.#session = answer.session.length === 0
      ? undefined
      : { session: answer.session.slice(), token: answer.token.slice() };
    this.#requests.attach(link, dialect, this.#server.maxInflight);
    if (answer.resumed) this.#requests.resend();
  }

  /** Restores what the session before had, if it is not the same, and lets calls go. */
  async #goOn({ link, answer: { resumed } }: Greeted): Promise<void> {
    try {
      if (!resumed) await this.#restore(link);
      if (this.#link !== link) throw new VfsError("ECONNRESET", "the connection was lost again");
    } catch (error) {
      link.destroy(toVfsError(error));
      throw error;
    }
    this.#emit({ type: "connected", version: this.#server.version, resumed });
    this.#requests.open();
  }

  async #restore(link: WireLink): Promise<void> {
    this.#requests.restart();
    await this.#files.reopen({
      now: (name, fields) => this.#now(name, fields),
      tell: (name, fields) => this.#requests.tell(name, fields),
      lost: ({ path, stale }) => this.#emit({ type: "stale", path, reason: stale! }),
      isConnected: () => this.#link === link,
    });
    for (const path of this.#subscriptions.paths) {
      await this.#now("subscribe", { path });
      this.#subscriptions.tell({ kind: "tree", path });
    }
  }

  /** Makes a request before those that wait. */
  #now(name: OperationName, fields: RequestFields): Promise<WireResponse2> {
    const { promise, resolve, reject } = Promise.withResolvers<WireResponse2>();
    const call = new Call(name, fields, [], resolve, reject);
    call.isOfConnection = true;
    this.#requests.send(call);
    return promise;
  }

  #frame(answer: WireResponse2): void {
    if (answer.id !== 0) return this.#requests.answer(answer);
    for (const change of answer.changes) this.#subscriptions.notice(change);
  }

  #lost(link: WireLink, error: VfsError): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#requests.detach(error);
    this.#emit({ type: "lost", error });
    if (this.#options.reconnect === undefined || this.#isClosing) this.#giveUp(error);
    else if (!this.#isEstablishing) void this.#reconnect(error);
  }

  async #reconnect(lost: VfsError): Promise<void> {
    let error: unknown = lost;
    for (let attempt = 0; this.#end === undefined; attempt++) {
      const delay = this.#options.reconnect!(attempt, error);
      if (delay === undefined) return this.#giveUp(unreachable(error));
      await new Promise((resolve) => setTimeout(resolve, delay));
      try {
        return await this.#establish();
      } catch (thrown) {
        error = thrown;
      }
    }
  }

  #emit(event: ClientEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch { /* A log that fails must not harm the connection. */ }
  }
}

/**
 * Why there is no connection any more, as the answer to calls that are about files: that a socket is
 * not there (ENOENT) or not ours (EACCES) must not be taken for what a server says of a file.
 */
function unreachable(reason: unknown): VfsError {
  const error = toVfsError(reason);
  if (/^E(CONN|PROTO|TIMEDOUT|PIPE)/.test(error.code)) return error;
  return new VfsError("ECONNREFUSED", error.message, { cause: error });
}
