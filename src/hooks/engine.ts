import { HookCore, type HookSettings } from "./_hook_core.ts";
import { EventStream, type EventStreamOptions } from "./event_stream.ts";
import type { CheckedHook } from "./hook.ts";
import type { HookRequest, HookResult } from "./request.ts";
import type { HookRule } from "./rule.ts";

/** What an engine takes: rules, hooks, policies, and lists of them. */
export type HookSource = HookRule | CheckedHook | readonly HookSource[];

/** The settings of an engine. */
export interface HookEngineOptions {
  /** How deep side effects may cause side effects (default 1: what a hook does causes none). */
  readonly maxExecDepth?: number;
  /** How deep hooks may cause operations that call hooks; beyond it EDEADLK (default 8). */
  readonly maxDepth?: number;
  /** How long a hook may take, in milliseconds (default 5000). */
  readonly timeout?: number;
  /** How many calls of asynchronous hooks may wait (default 1024). */
  readonly queueLimit?: number;
  /** How many bytes of data they may hold (default 16 MiB). */
  readonly queueBytes?: number;
  /**
   * What happens to more: `"report"` counts them and puts a loss record into the events, `"wait"`
   * makes the operation wait for room (default `"report"`).
   */
  readonly overflow?: "report" | "wait";
  /** Whether upper and lower case are the same in patterns (default false). */
  readonly ignoreCase?: boolean;
  /**
   * How many names are looked at for the rename of a directory, before it is refused with EXDEV,
   * upon which programs copy (default 100,000).
   */
  readonly walkLimit?: number;
  /** Is told of hooks that threw, were late or decided nonsense (default: nobody). */
  readonly onError?: (error: unknown, hook: string) => void;
}

/** What an engine counted so far. */
export interface HookStats {
  /** Operations that a hook, or somebody who listens, looked at. */
  readonly operations: number;
  /** Operations that were blocked. */
  readonly blocked: number;
  /** Events that were made. */
  readonly events: number;
  /** Hooks that threw, were late or decided nonsense. */
  readonly failures: number;
  /** Those among them that were late. */
  readonly timeouts: number;
  /** Calls of asynchronous hooks that wait. */
  readonly queued: number;
  /** Calls of asynchronous hooks that were made. */
  readonly delivered: number;
  /** Calls of asynchronous hooks that there was no room for. */
  readonly lost: number;
}

const DEFAULTS: HookSettings = {
  maxExecDepth: 1,
  maxDepth: 8,
  timeout: 5000,
  queueLimit: 1024,
  queueBytes: 16 << 20,
  overflow: "report",
  ignoreCase: false,
  walkLimit: 100_000,
  onError: () => {},
};

const CORES = new WeakMap<HookEngine, HookCore>();

/** Gives what an engine is made of to the providers of this package. */
export function coreOf(engine: HookEngine): HookCore {
  return CORES.get(engine)!;
}

/**
 * Decides what may happen to files, and tells what did.
 *
 * It is made of rules, hooks and policies. Those that decide are asked in order, and the first that
 * does wins. An engine that cannot be built as it was meant is not built.
 *
 * One engine can be used by several {@link InterceptProvider}s.
 *
 * @example
 * ```ts
 * import { HookEngine, InterceptProvider, MemoryProvider, readOnly, toVfsError } from "@vfs/server/core";
 *
 * const engine = new HookEngine([readOnly("/lib/**")]);
 * const files = new InterceptProvider(new MemoryProvider(), engine);
 * try {
 *   await files.mkdir("/lib", 0o755);
 * } catch (error) {
 *   console.log(toVfsError(error).code); // "EROFS"
 * }
 * ```
 */
export class HookEngine {
  readonly #core: HookCore;

  /**
   * Checks and orders the hooks.
   *
   * @param hooks Rules, hooks and policies, in the order in which they are asked.
   * @param options The settings.
   * @throws {HookRuleError} For the first rule or hook that cannot be used.
   * @throws {RangeError} For a setting that is no whole number of at least 1.
   */
  constructor(hooks: readonly HookSource[] = [], options: HookEngineOptions = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const settings: HookSettings = { ...DEFAULTS, ...Object.fromEntries(given) };
    for (const [name, value] of Object.entries(settings)) {
      if (typeof value === "number" && (!Number.isSafeInteger(value) || value < 1)) {
        throw new RangeError(`Cannot set ${name} to ${value}: it is not a number of at least 1`);
      }
    }
    this.#core = new HookCore(settings);
    CORES.set(this, this.#core);
    this.#core.rebuild(this.#core.compile(flatten(hooks)));
  }

  /** How many rules, hooks and policies there are. */
  get size(): number {
    return this.#core.hooks.length;
  }

  /**
   * Adds rules, hooks or policies behind the others, while the engine is in use. They are for
   * handles that are open already as well, unless they say `openHandles: false`.
   *
   * @param hooks What to add; not a redirect or a transformation, which are there from the start.
   * @returns Takes them away again.
   * @throws {HookRuleError} If one cannot be used; then none is added.
   */
  add(...hooks: readonly HookSource[]): () => void {
    const core = this.#core;
    const added = core.compile(flatten(hooks));
    for (const hook of added) {
      if ((hook.redirect ?? hook.stream ?? hook.whole) !== undefined) {
        throw new TypeError(`Cannot add ${hook.name} to an engine in use: files may be open by it`);
      }
    }
    core.rebuild([...core.hooks, ...added]);
    return () => core.rebuild(core.hooks.filter((hook) => !added.includes(hook)));
  }

  /**
   * Sets the function that is told of every operation, at once when it is over.
   *
   * @param eventFunc The function, or `undefined` for none. What it throws goes to `onError`.
   */
  setEventFunc(eventFunc: ((request: HookRequest, result: HookResult) => void) | undefined): void {
    this.#core.eventFunc = eventFunc;
    this.#core.rebuild();
  }

  /**
   * Begins to deliver events: one for every operation from now on, blocked ones included.
   *
   * @param options How much may wait for the reader.
   * @returns A stream for one reader. Ending the loop, or the engine, ends it.
   *
   * @example
   * ```ts
   * import { HookEngine, InterceptProvider, MemoryProvider } from "@vfs/server/core";
   *
   * const engine = new HookEngine();
   * const files = new InterceptProvider(new MemoryProvider(), engine);
   * const events = engine.events();
   * await files.mkdir("/a", 0o755);
   * await engine.close();
   * for await (const event of events) {
   *   if (event.type === "event") console.log(event.seq, event.op, event.path); // 1 "mkdir" "/a"
   * }
   * ```
   */
  events(options: EventStreamOptions = {}): EventStream {
    const stream = new EventStream(options, (closed) => {
      this.#core.streams.delete(closed);
      this.#core.rebuild();
    });
    this.#core.streams.add(stream);
    this.#core.rebuild();
    return stream;
  }

  /** What was counted so far. */
  stats(): HookStats {
    const core = this.#core;
    return {
      operations: core.operations,
      blocked: core.blocked,
      events: core.lastSeq,
      failures: core.failures,
      timeouts: core.timeouts,
      queued: core.queue.size,
      delivered: core.queue.done,
      lost: core.queue.lost,
    };
  }

  /** Waits until all calls of asynchronous hooks are made, those that they cause included. */
  wait(): Promise<void> {
    return this.#core.queue.wait();
  }

  /**
   * Ends asynchronous hooks and events: makes the calls that wait, takes no more, and ends the
   * streams. Rules and hooks that decide go on doing so.
   */
  async close(): Promise<void> {
    await this.#core.queue.close();
    for (const stream of this.#core.streams) stream.close();
  }
}

function flatten(sources: readonly HookSource[]): (HookRule | CheckedHook)[] {
  return sources.flatMap((source) =>
    Array.isArray(source) ? flatten(source) : [source as HookRule | CheckedHook]
  );
}
