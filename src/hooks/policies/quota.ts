import { andThen } from "../../fs/awaitable.ts";
import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { runTask } from "../_task.ts";
import { block } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { Glob } from "../glob.ts";
import type { HookOp } from "../ops.ts";
import { type Patterns, treePatterns } from "./_patterns.ts";
import { QuotaMeter } from "./_quota_meter.ts";

/** How much room there is. */
export interface QuotaOptions {
  /** What counts (see {@link Glob}; default everything). */
  readonly path?: Patterns;
  /** How many bytes all files may have together (default without limit). */
  readonly bytes?: number;
  /** How many files, directories and links there may be (default without limit). */
  readonly files?: number;
  /** What an operation fails with that needs more (default `"EDQUOT"`). */
  readonly errno?: ErrnoCode;
}

const OPS: readonly HookOp[] = [
  "write",
  "truncate",
  "allocate",
  "copy",
  "create",
  "mkdir",
  "mknod",
  "symlink",
  "link",
  "rename",
  "unlink",
  "rmdir",
  "remove",
  "remove_all",
];

/**
 * Limits how much matching paths may hold. Sizes count, not space; a hole counts as what it reads.
 *
 * What is there is counted when it first matters, and again when the room seems used up and
 * something has gone meanwhile.
 *
 * @param options How much.
 * @returns The policy.
 * @throws {RangeError} If a limit is negative, or there is none.
 *
 * @example
 * ```ts
 * import { HookEngine, quota } from "@vfs/server/core";
 *
 * const engine = new HookEngine([quota({ path: "/w/tmp", bytes: 1 << 30, files: 10_000 })]);
 * ```
 */
export function quota(options: QuotaOptions): CheckedHook[] {
  const { path = "**", bytes = Infinity, files = Infinity, errno = "EDQUOT" } = options;
  if (!(bytes >= 0) || !(files >= 0) || (bytes === Infinity && files === Infinity)) {
    throw new RangeError(`Cannot limit to ${bytes} bytes and ${files} files`);
  }
  const pathPattern = treePatterns(path);
  const meter = new QuotaMeter(pathPattern.map((pattern) => new Glob(pattern)), { bytes, files });
  return [
    checkedHook({
      name: "quota",
      ops: OPS,
      pathPattern,
      targets: false,
      before: (request, { inner }) =>
        andThen(
          runTask(meter.take(request, inner)),
          (fits) => fits ? undefined : block(errno),
        ),
    }),
    checkedHook({
      name: "quota",
      ops: OPS,
      pathPattern,
      blocked: true,
      after: (request, result) => meter.settle(request, result),
    }),
  ];
}
