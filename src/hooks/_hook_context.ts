import type { OpContext } from "../fs/context.ts";

/** The context of what a hook does itself: the host's, and marked. A guest cannot make one. */
export class HookContext implements OpContext {
  readonly uid = 0;
  readonly gid = 0;
  readonly pid = 0;
  readonly origin: string;
  /** How many hooks deep: 1 for what a hook does that a guest's operation called. */
  readonly depth: number;
  readonly #signal: () => AbortSignal;

  constructor(hook: string, parent: OpContext, signal: () => AbortSignal) {
    this.origin = `hook:${hook}`;
    this.depth = depthOf(parent) + 1;
    this.#signal = signal;
  }

  get signal(): AbortSignal {
    return this.#signal();
  }
}

/** How many hooks stand between a guest and what this context asks for. */
export function depthOf(context: OpContext): number {
  return context instanceof HookContext ? context.depth : 0;
}
