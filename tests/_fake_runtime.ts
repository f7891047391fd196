/**
 * A runtime without a system below it, for tests of the command line: sockets are pairs of
 * transports in memory, directories are providers, what is printed is kept.
 *
 * @module
 */

import type {
  Listener,
  ListenOptions,
  MountedTree,
  MountOptions,
  MountSource,
  Runtime,
  Signal,
} from "../adapters/runtime.ts";
import { main } from "../src/cli/mod.ts";
import { type Provider, VfsError } from "../src/fs/mod.ts";
import { FuseCounters } from "../src/fuse/mod.ts";
import type { Transport } from "../src/server/mod.ts";
import { MemoryTransport } from "./_memory_transport.ts";

/** The sockets of a machine, for runtimes that are to meet. */
export type FakeSockets = Map<string, ListenOptions>;

/** What the surroundings of a fake runtime are. */
export interface FakeSurroundings {
  readonly sockets?: FakeSockets;
  readonly directories?: Readonly<Record<string, Provider>>;
  readonly modules?: Readonly<Record<string, Record<string, unknown>>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: readonly Uint8Array[];
  /** Fails, or does what a mount has to be seen doing. */
  readonly onMount?: (mountPoint: string) => void;
  readonly onUnmount?: (mountPoint: string, force: boolean) => void;
  /** How a daemon that was started ended, if it did before it was ready. */
  readonly daemonStatus?: number;
  readonly print?: (stream: 1 | 2, text: string | Uint8Array) => Promise<void>;
}

/** Something that a fake runtime has mounted. */
export interface FakeMount {
  readonly source: MountSource;
  readonly mountPoint: string;
  readonly options: MountOptions | undefined;
  /** Ends it as somebody else would: in order, or because it broke. */
  readonly end: (error?: unknown) => void;
}

/** A runtime that is run by a test. */
export class FakeRuntime implements Runtime {
  readonly name = "node" as const;
  readonly version = "0.0.0";
  readonly args: readonly string[];
  readonly opened: [string, unknown][] = [];
  readonly listened: [string, ListenOptions][] = [];
  readonly mounts: FakeMount[] = [];
  readonly daemons: (readonly string[])[] = [];
  readonly #surroundings: FakeSurroundings;
  readonly #sockets: FakeSockets;
  readonly #signals = new Map<Signal, Set<() => void>>();
  readonly #printed: { stream: 1 | 2; bytes: Uint8Array }[] = [];
  exitCode: number | undefined;

  constructor(args: readonly string[], surroundings: FakeSurroundings = {}) {
    this.args = args;
    this.#surroundings = surroundings;
    this.#sockets = surroundings.sockets ?? new Map();
  }

  /** All that was written to the standard output. */
  get out(): string {
    return this.#text(1);
  }

  /** All that was written to the standard error. */
  get err(): string {
    return this.#text(2);
  }

  /** The lines of the standard error, as JSON. */
  get records(): Record<string, unknown>[] {
    return this.err.trimEnd().split("\n").map((line) => JSON.parse(line));
  }

  #text(stream: 1 | 2): string {
    const parts = this.#printed.filter((part) => part.stream === stream);
    const decoder = new TextDecoder();
    return parts.map(({ bytes }) => decoder.decode(bytes, { stream: true })).join("");
  }

  /** Waits until a text stands in the standard error; gives up when that takes far too long. */
  async errHas(text: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!this.err.includes(text)) {
      if (Date.now() > deadline) throw new Error(`Not written: ${text}\nWritten: ${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Whether somebody waits for a signal. */
  hears(signal: Signal): boolean {
    return (this.#signals.get(signal)?.size ?? 0) > 0;
  }

  /** Sends a signal. */
  signal(signal: Signal): void {
    for (const callback of [...this.#signals.get(signal) ?? []]) callback();
  }

  listen(base: string, options: ListenOptions): Promise<Listener> {
    const path = options.vsockPort === undefined ? base : `${base}_${options.vsockPort}`;
    if (this.#sockets.has(path)) return Promise.reject(new VfsError("EADDRINUSE", path));
    this.#sockets.set(path, options);
    this.listened.push([path, options]);
    const close = () => {
      this.#sockets.delete(path);
      return Promise.resolve();
    };
    return Promise.resolve({ path, close });
  }

  connect(path: string): Promise<Transport> {
    const listener = this.#sockets.get(path);
    if (listener === undefined) return Promise.reject(new VfsError("ENOENT", path));
    const [ours, theirs] = MemoryTransport.pair();
    listener.onConnection(theirs);
    return Promise.resolve(ours);
  }

  openDirectory(path: string, options?: unknown): Provider {
    this.opened.push([path, options]);
    const provider = this.#surroundings.directories?.[path];
    if (provider === undefined) throw new VfsError("ENOENT", path);
    return provider;
  }

  mount(
    source: MountSource,
    mountPoint: string,
    options?: MountOptions,
  ): Promise<MountedTree> {
    const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
    const end = (error?: unknown) => error === undefined ? resolve() : reject(error);
    const mounted = {
      mountPoint: `/real${mountPoint}`,
      closed,
      unmount: () => {
        end();
        return closed;
      },
      stats: () => new FuseCounters().snapshot(),
    };
    try {
      this.#surroundings.onMount?.(mountPoint);
    } catch (error) {
      return Promise.reject(error);
    }
    this.mounts.push({ source, mountPoint, options, end });
    return Promise.resolve(mounted);
  }

  unmount(mountPoint: string, force: boolean): Promise<void> {
    try {
      this.#surroundings.onUnmount?.(mountPoint, force);
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  startDaemon(): Promise<number | undefined> {
    this.daemons.push(this.args);
    return Promise.resolve(this.#surroundings.daemonStatus);
  }

  cwd(): string {
    return "/home/me";
  }

  env(name: string): string | undefined {
    return this.#surroundings.env?.[name];
  }

  onSignal(signal: Signal, callback: () => void): () => void {
    const callbacks = this.#signals.get(signal) ?? new Set();
    this.#signals.set(signal, callbacks.add(callback));
    return () => callbacks.delete(callback);
  }

  async print(stream: 1 | 2, text: string | Uint8Array): Promise<void> {
    await this.#surroundings.print?.(stream, text);
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text.slice();
    this.#printed.push({ stream, bytes });
  }

  async *stdin(): AsyncGenerator<Uint8Array> {
    for (const piece of this.#surroundings.stdin ?? []) yield await Promise.resolve(piece);
  }

  setExitCode(code: number): void {
    this.exitCode = code;
  }

  importModule(path: string): Promise<Record<string, unknown>> {
    const module = this.#surroundings.modules?.[path];
    return module === undefined
      ? Promise.reject(new Error(`Cannot find module ${path}`))
      : Promise.resolve(module);
  }
}

/** Runs the command line to its end. */
export async function run(
  args: readonly string[],
  surroundings: FakeSurroundings = {},
): Promise<FakeRuntime> {
  const runtime = new FakeRuntime(args, surroundings);
  await main(runtime);
  return runtime;
}
