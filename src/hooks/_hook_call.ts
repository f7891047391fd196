import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Provider } from "../fs/provider.ts";
import { bindContext } from "./_bind_context.ts";
import { type Called, waitFor } from "./_deadline.ts";
import { HookContext } from "./_hook_context.ts";
import type { HookTools } from "./request.ts";

/** The tree as hooks can use it: with the hooks of others, or past all hooks. */
export interface HookTrees {
  readonly provider: Provider;
  readonly inner: Provider;
}

/** One call of a hook: what the hook can use, and the wall around it. */
export class HookCall implements HookTools {
  readonly context: HookContext;
  readonly #hook: Called;
  readonly #trees: HookTrees;
  readonly #outer: AbortSignal;
  #controller: AbortController | undefined;
  #fs: Provider | undefined;

  /**
   * @param hook Who is called.
   * @param trees The tree that the hook can use.
   * @param parent The context of the operation that it is called for.
   * @param signal What ends the call early.
   */
  constructor(
    hook: Called,
    trees: HookTrees,
    parent: OpContext,
    signal: AbortSignal = parent.signal,
  ) {
    this.#hook = hook;
    this.#trees = trees;
    this.#outer = signal;
    this.context = new HookContext(hook.name, parent, () => this.signal);
  }

  get fs(): Provider {
    return this.#fs ??= bindContext(this.#trees.provider, this.context);
  }

  get inner(): Provider {
    return this.#trees.inner;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#outer.aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /**
   * Calls the hook. What its synchronous part does to the tree is known to be its own, even where
   * it does not use `fs`: nothing else can happen meanwhile.
   */
  run<T>(core: { running: HookContext | undefined }, hook: () => Awaitable<T>): Awaitable<T> {
    const outer = core.running;
    core.running = this.context;
    try {
      return this.within(hook());
    } finally {
      core.running = outer;
    }
  }

  /** Waits for a promised answer, as long as the hook may take. */
  within<T>(answer: Awaitable<T>): Awaitable<T> {
    return isPromiseLike(answer)
      ? waitFor(answer, this.#hook, this.#outer, () => this.#controller?.abort())
      : answer;
  }
}
