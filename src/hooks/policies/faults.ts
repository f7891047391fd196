import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block, delay } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { type HookOp, POLICY_OPS } from "../ops.ts";
import type { HookRequest } from "../request.ts";
import { dice } from "./_dice.ts";
import type { Patterns } from "./_patterns.ts";

/** Which faults to make. */
export interface FaultsOptions {
  /** In which operations (default all but close). */
  readonly op?: HookOp | readonly HookOp[];
  /** On which paths (see {@link Glob}; default all). */
  readonly path?: Patterns;
  /** What they fail with; left out where there is a `delay`, they only wait (default `"EIO"`). */
  readonly errno?: ErrnoCode;
  /** How often, from 0 to 1 (default 1). */
  readonly probability?: number;
  /** How long they wait before, in milliseconds (default not at all). */
  readonly delay?: number;
  /** Begins the series of random numbers: the same seed fails the same operations (default 1). */
  readonly seed?: number;
}

/**
 * Makes operations fail or wait, to see what a guest makes of it.
 *
 * @param options Which, how, and how often.
 * @returns The policy.
 * @throws {RangeError} If the probability is not from 0 to 1.
 *
 * @example
 * ```ts
 * import { faults, HookEngine } from "@vfs/server/core";
 *
 * // A disk that is full now and then, and slow.
 * const engine = new HookEngine([
 *   faults({ op: "write", errno: "ENOSPC", probability: 0.01, seed: 7 }),
 *   faults({ op: ["read", "write"], delay: 20 }),
 * ]);
 * ```
 */
export function faults(options: FaultsOptions = {}): CheckedHook[] {
  const { op, path, delay: ms, probability = 1, seed = 1 } = options;
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`Cannot make faults with probability ${probability}: it is not 0 to 1`);
  }
  const errno = options.errno ?? (ms === undefined ? "EIO" : undefined);
  const roll = dice(seed);
  let lastId = -1;
  let isHit = false;
  const hits = ({ id, op, cause }: HookRequest): boolean => {
    // What an operation amounts to beside itself is not another operation.
    if (op !== cause) return false;
    if (id !== lastId) {
      lastId = id;
      isHit = roll() < probability;
    }
    return isHit;
  };
  const common = {
    name: "faults",
    ops: op === undefined ? POLICY_OPS : typeof op === "string" ? [op] : op,
    ...(path === undefined ? undefined : { pathPattern: path }),
  };
  return [
    ...(ms === undefined
      ? []
      : [checkedHook({ ...common, before: (request) => hits(request) ? delay(ms) : undefined })]),
    ...(errno === undefined ? [] : [
      checkedHook({ ...common, before: (request) => hits(request) ? block(errno) : undefined }),
    ]),
  ];
}
