/**
 * Lets a test decide when a time is over. Nothing else of a slow machine can then be taken for it:
 * of all timers, those of exactly that many milliseconds wait until they are told to fire.
 *
 * @param ms The time; one that nobody else uses.
 * @param body Gets the function that lets the time pass for every timer that waits.
 */
export async function holdingTimers(
  ms: number,
  body: (pass: () => void) => Promise<void>,
): Promise<void> {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const held = new Map<unknown, () => void>();
  globalThis.setTimeout = ((run: () => void, delay?: number, ...rest: unknown[]) => {
    if (delay !== ms) return set(run, delay, ...(rest as []));
    const id = {};
    held.set(id, run);
    return id;
  }) as unknown as typeof set;
  globalThis.clearTimeout = ((id?: number) => {
    if (!held.delete(id)) clear(id);
  }) as typeof clear;
  try {
    await body(() => {
      for (const [id, run] of [...held]) {
        held.delete(id);
        run();
      }
    });
  } finally {
    globalThis.setTimeout = set;
    globalThis.clearTimeout = clear;
  }
}
