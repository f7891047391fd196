import type { Provider } from "../fs/mod.ts";
import { BufferPool } from "../protocol/mod.ts";
import { type CacheOptions, CacheRules } from "./cache_rules.ts";
import { ChangeHub } from "./change_hub.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import type { ServerEvent } from "./events.ts";
import { resolveLimits, type ServerLimits } from "./limits.ts";
import { Counters, type ServerStats } from "./stats.ts";
import { type DuplexStream, StreamTransport } from "./stream_transport.ts";
import type { Transport } from "./transport.ts";
import { SessionRegistry } from "./v2/session_registry.ts";

/** How a server behaves. */
export interface VfsServerOptions {
  /** The limits that differ from {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<ServerLimits>;
  /** How long clients may cache what they are told (default: a second; absences not at all). */
  readonly cache?: CacheOptions;
  /** Told what happens, for log lines. What it throws is ignored. */
  readonly onEvent?: (event: ServerEvent) => void;
}

/** One connection: as an adapter offers it, or as any two-way stream of bytes. */
export type ServerConnection = Transport | DuplexStream;

/** Where connections come from, for instance a listening socket. */
export interface ConnectionSource extends AsyncIterable<ServerConnection> {
  /** Stops accepting, if there is something to stop. */
  close?(): void;
}

/**
 * Serves the files of a provider to whoever connects.
 *
 * @example
 * ```ts
 * import { MemoryProvider, VfsServer } from "@vfs/server";
 *
 * const server = new VfsServer(new MemoryProvider());
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const connection = server.handleConnection({ readable, writable });
 * await server.stop();
 * await connection;
 * console.log(server.stats().accepted); // 1
 * ```
 */
export class VfsServer {
  /** What is served. */
  readonly provider: Provider;
  /** The limits in force. */
  readonly limits: ServerLimits;
  readonly #onEvent: ((event: ServerEvent) => void) | undefined;
  readonly #connections = new Set<Connection>();
  readonly #counters = new Counters();
  readonly #host: ConnectionHost;
  readonly #stopped = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;
  #lastId = 0;
  #closedErrors = 0;
  #sweeper: ReturnType<typeof setInterval> | undefined;

  /**
   * Serves a tree.
   *
   * @param provider What to serve.
   * @param options How.
   */
  constructor(provider: Provider, options: VfsServerOptions = {}) {
    this.provider = provider;
    this.limits = resolveLimits(options.limits);
    this.#onEvent = options.onEvent;
    this.#host = {
      provider,
      limits: this.limits,
      budget: { open: 0, limit: this.limits.handles },
      pool: new BufferPool(this.limits.pooledBytes),
      counters: this.#counters,
      changes: new ChangeHub(provider),
      cache: new CacheRules(options.cache),
      sessions: new SessionRegistry(this.limits.resumableSessions),
      fault: (connection, operation, error) =>
        this.#emit({ type: "fault", connection, operation, error }),
      connectionClosed: (connection, event) => {
        this.#forget(connection);
        this.#emit(event);
      },
    };
  }

  /** Resolves as soon as {@link VfsServer.stop} is called: whoever listens for it stops accepting. */
  get stopping(): Promise<void> {
    return this.#stopped.promise;
  }

  /**
   * Serves one connection until it ends.
   *
   * @param connection The connection. One more than the limit allows, or one that comes while the
   * server stops, is closed at once.
   * @returns When it is gone and its handles are closed. Never rejected: how it ended is an event.
   */
  handleConnection(connection: ServerConnection): Promise<void> {
    const transport = isTransport(connection) ? connection : new StreamTransport(connection);
    const stopped = this.#stopping !== undefined;
    if (stopped || this.#connections.size >= this.limits.connections) {
      this.#counters.refused++;
      const reason = stopped ? "stopped" : "connections";
      this.#emit({ type: "refused", peer: transport.peer, reason });
      transport.destroy();
      return Promise.resolve();
    }
    const served = new Connection(++this.#lastId, transport, this.#host);
    this.#counters.accepted++;
    this.#connections.add(served);
    this.#watch();
    this.#emit({ type: "open", connection: served.id, peer: transport.peer });
    served.start();
    return served.done;
  }

  /**
   * Serves every connection that a source gives, until it gives no more or the server stops.
   *
   * @param source The connections.
   * @returns When there will be no more; those that were accepted may live on.
   * @throws What the source throws.
   */
  async serve(source: ConnectionSource): Promise<void> {
    const connections = source[Symbol.asyncIterator]();
    const stopped = this.#stopped.promise.then(() => undefined);
    try {
      while (this.#stopping === undefined) {
        const next = await Promise.race([connections.next(), stopped]);
        if (next === undefined || next.done === true) return;
        void this.handleConnection(next.value);
      }
    } finally {
      source.close?.();
    }
  }

  /**
   * Stops: accepts nobody any more, answers what has arrived, closes every handle and connection.
   * What is not done within {@link ServerLimits.drainMs} is aborted.
   *
   * @returns When every connection is gone. Calling it again gives the same promise.
   */
  stop(): Promise<void> {
    return this.#stopping ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stopped.resolve();
    const connections = [...this.#connections];
    const gone = Promise.all(connections.map((connection) => connection.done));
    for (const connection of connections) connection.drain();
    if (!await isDoneWithin(gone, this.limits.drainMs)) {
      for (const connection of this.#connections) connection.destroy();
      // Handles are being closed; one that never ends must not keep the program from ending.
      await isDoneWithin(gone, 1000);
    }
    await isDoneWithin(this.#host.sessions.stop(), 1000);
    this.#unwatch();
  }

  /**
   * Tells the counters.
   *
   * @returns A picture of them as they are now.
   */
  stats(): ServerStats {
    let errors = this.#closedErrors;
    for (const connection of this.#connections) errors += connection.errors;
    this.#counters.errors = errors;
    return this.#counters.snapshot(
      this.#connections.size,
      this.#host.budget.open,
      this.#host.sessions.parked,
    );
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.#closedErrors += connection.errors;
    if (this.#connections.size === 0) this.#unwatch();
  }

  /** Deadlines are looked after once in a while, while there is somebody to look after. */
  #watch(): void {
    if (this.#sweeper !== undefined) return;
    const { frameMs, idleMs, drainMs } = this.limits;
    const shortest = Math.min(...[frameMs, idleMs, drainMs].filter((ms) => ms > 0), 4000);
    this.#sweeper = setInterval(() => {
      const now = performance.now();
      for (const connection of this.#connections) connection.sweep(now);
    }, Math.max(10, shortest / 4));
  }

  #unwatch(): void {
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }

  #emit(event: ServerEvent): void {
    try {
      this.#onEvent?.(event);
    } catch {
      // A log that fails must not harm those who are served.
    }
  }
}

function isTransport(connection: ServerConnection): connection is Transport {
  return typeof (connection as Partial<Transport>).start === "function";
}

async function isDoneWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
