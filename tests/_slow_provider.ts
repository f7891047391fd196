import type { Awaitable, Handle, OpContext, Provider } from "../src/fs/mod.ts";
import { VfsError } from "../src/fs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";

/** An operation that waits to be let go. */
export interface Held {
  readonly name: string;
  readonly context: OpContext | undefined;
  readonly go: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * A tree in memory some of whose operations wait until a test lets them go: every one on a path or a
 * handle for which `isSlow` says so.
 */
export class SlowProvider {
  /** What is served. */
  readonly provider: Provider;
  /** What waits, in the order in which it was begun. */
  readonly held: Held[] = [];
  /** The operations in the order in which they were begun. */
  readonly begun: string[] = [];
  /** Whether operations that wait heed the signal of their context. */
  heedsSignals = true;
  #wake: (() => void)[] = [];

  constructor(
    isSlow: (name: string, path: string) => boolean,
    target: Provider = new MemoryProvider(),
  ) {
    this.provider = wrap(target, (name, args, run) => {
      const path = String(args[0]);
      const opened = (result: Awaitable<unknown>) =>
        then(
          result,
          (value) => isHandle(value) ? this.#wrapHandle(value, path, isSlow) : value,
        );
      return isSlow(name, path) ? this.#hold(name, args, () => opened(run())) : opened(run());
    });
  }

  #wrapHandle(
    handle: Handle,
    path: string,
    isSlow: (name: string, path: string) => boolean,
  ): Handle {
    return wrap(handle, (name, args, run) => {
      const full = `handle.${name}`;
      this.begun.push(full);
      return isSlow(full, path) ? this.#hold(full, args, run) : run();
    });
  }

  #hold(name: string, args: unknown[], run: () => unknown): Promise<unknown> {
    const context = args.find((arg) =>
      typeof arg === "object" && arg !== null && "origin" in arg
    ) as OpContext | undefined;
    return new Promise((resolve, reject) => {
      const entry: Held = { name, context, go: () => resolve(run()), fail: reject };
      this.held.push(entry);
      if (this.heedsSignals) {
        context?.signal.addEventListener("abort", () => reject(new VfsError("EINTR")));
      }
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** Waits until that many operations wait. */
  async waitFor(count: number): Promise<void> {
    while (this.held.length < count) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

function isHandle(value: unknown): value is Handle {
  return typeof (value as Partial<Handle> | undefined)?.readAt === "function";
}

function then(value: unknown, next: (value: unknown) => unknown): unknown {
  return value instanceof Promise ? value.then(next) : next(value);
}

function wrap<T extends object>(
  target: T,
  call: (name: string, args: unknown[], run: () => unknown) => unknown,
): T {
  return new Proxy(target, {
    get(_, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => call(String(property), args, () => value.apply(target, args));
    },
  });
}
