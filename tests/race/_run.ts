import { type Provider, VfsError } from "../../src/fs/mod.ts";
import { Arena } from "./_arena.ts";
import { attack } from "./_attack.ts";
import type { Operation } from "./_operations.ts";

/** What came of a race. */
export interface Outcome {
  /** How often the operation did what it was asked for. */
  readonly done: number;
  /** How often it was refused, as it must be while a link is in the way. */
  readonly refused: number;
  /** What was seen or changed outside. */
  readonly escapes: number;
}

/** What an operation may answer while names are exchanged under it. */
const REFUSALS: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "EEXIST",
  "ENOTEMPTY",
  "EISDIR",
  "EBUSY",
  "EAGAIN",
  "ENXIO",
  "EINVAL",
  "EOPNOTSUPP",
]);

/** Runs one operation against the attacker for some seconds. */
export async function race(
  serve: (root: string) => Provider & { close?(): void },
  operation: Operation,
  seconds: number,
): Promise<Outcome> {
  const arena = new Arena();
  const provider = serve(arena.root);
  const stop = await attack(arena.root, [...arena.pairs]);
  let done = 0;
  let refused = 0;
  let escapes = 0;
  try {
    const end = performance.now() + seconds * 1000;
    for (let i = 0; i < 8 || performance.now() < end; i++) {
      try {
        if (await operation.run(provider, arena, i)) escapes++;
        done++;
      } catch (error) {
        if (!(error instanceof VfsError) || !REFUSALS.has(error.code)) throw error;
        refused++;
      }
    }
  } finally {
    await stop();
    provider.close?.();
  }
  escapes += arena.damage();
  arena.close();
  return { done, refused, escapes };
}
