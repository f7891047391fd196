import type { Runtime, Signal } from "../../adapters/runtime.ts";

/** Somebody waits for a signal. */
export interface AwaitedSignal {
  /** Resolves with the signal that comes first. */
  readonly signal: Promise<Signal>;
  /** Waits no more; signals have their usual meaning again. */
  readonly forget: () => void;
}

/**
 * Waits for the first of some signals. After it they have their usual meaning again, so that the
 * second one ends the program.
 */
export function firstSignal(runtime: Runtime, signals: readonly Signal[]): AwaitedSignal {
  const { promise, resolve } = Promise.withResolvers<Signal>();
  const undo = signals.map((signal) =>
    runtime.onSignal(signal, () => {
      forget();
      resolve(signal);
    })
  );
  const forget = () => {
    for (const undoOne of undo.splice(0)) undoOne();
  };
  return { signal: promise, forget };
}
