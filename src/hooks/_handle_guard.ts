import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import { isDirectory } from "../fs/mode.ts";
import type { Effect } from "./_effects.ts";
import { type Guard, isConcerned } from "./_guard.ts";
import type { OpTable } from "./_hook_core.ts";
import type { OpenName } from "./_name_tree.ts";
import { Operation } from "./_operation.ts";
import { scanShared } from "./_scan.ts";
import { type Task, wait } from "./_task.ts";
import type { TrackedFile } from "./_tracked_file.ts";
import { HOOK_OPS, type HookOp } from "./ops.ts";

/** What stands before one open file: it knows what the file is called, and judges by that. */
export class HandleGuard implements OpenName {
  readonly guard: Guard;
  readonly inner: Handle;
  readonly path: string;
  file: TrackedFile | undefined = undefined;
  slot = 0;
  readonly #flags: number;
  readonly #since: number;
  /** For which rules its other names were looked for. */
  #identifiedFor = -1;
  /** The operations that are known to concern nobody, as bits, as long as nothing changes. */
  #quiet = 0;
  #quietVersion = -1;
  #quietEpoch = -1;

  constructor(guard: Guard, inner: Handle, path: string, flags: number) {
    this.guard = guard;
    this.inner = inner;
    this.path = path;
    this.#flags = flags;
    this.#since = guard.core.version;
    guard.names.opened(this);
  }

  get #isIdentified(): boolean {
    return this.#identifiedFor === this.guard.core.ruleVersion;
  }

  /** All names of the file, as far as they are known; the last it had if there are none. */
  get names(): readonly string[] {
    const { names } = this.guard;
    // As long as no name has changed and no file has several, it is the one that it was opened by.
    if (this.file === undefined && !names.hasShared) return [this.path];
    return names.fileOf(this).paths(names.epoch);
  }

  /** Begins an operation; `undefined` if nothing looks at it. */
  begin(op: HookOp, context: OpContext | undefined): Operation | undefined {
    const { core, names } = this.guard;
    const table = core.table(op);
    if (table === undefined) return undefined;
    let isQuiet = false;
    if (this.#isIdentified || !table.identity) {
      if (this.#quietVersion !== core.version || this.#quietEpoch !== names.epoch) {
        this.#quietVersion = core.version;
        this.#quietEpoch = names.epoch;
        this.#quiet = 0;
      }
      const bit = OP_BIT[op];
      isQuiet = (this.#quiet & bit) !== 0;
      if (!isQuiet && !this.#concernsAnybody(table)) {
        isQuiet = true;
        this.#quiet |= bit;
      }
      if (isQuiet && !table.listening) return undefined;
    }
    const o = this.#operation(table, op, context);
    o.isJudged = isQuiet;
    return o;
  }

  #concernsAnybody(table: OpTable): boolean {
    return this.names.some((name) => isConcerned(table, name));
  }

  #operation(table: OpTable, op: HookOp, context: OpContext | undefined): Operation {
    const { guard, names } = this;
    const o = new Operation(guard, table, op, names[0]!, undefined, guard.caller(context));
    o.names = names;
    o.flags = this.#flags;
    o.since = this.#since;
    o.handle = this.inner;
    return o;
  }

  /** Does an operation: asks, acts, tells. `target` is the other file that it is about. */
  run<T>(
    o: Operation,
    effects: readonly Effect[],
    action: () => Awaitable<T>,
    target?: HandleGuard,
  ): Awaitable<T> {
    const isNamed = target === undefined && (this.#isIdentified || !o.table.identity);
    return isNamed
      ? this.guard.run(o, effects, action)
      : this.guard.run(o, (o) => this.#findEffects(o, effects, target), action);
  }

  /** Notes that the file is closed. */
  release(): void {
    this.guard.names.closed(this);
  }

  *#findEffects(
    o: Operation,
    effects: readonly Effect[],
    target: HandleGuard | undefined,
  ): Task<readonly Effect[]> {
    if (o.table.identity) {
      yield* this.#identify();
      if (target !== undefined) yield* target.#identify();
    }
    o.names = this.names;
    if (target !== undefined) o.newNames = target.names;
    return effects;
  }

  /** Finds out whether the file has other names, the first time that it matters to these rules. */
  *#identify(): Task<void> {
    if (this.#isIdentified) return;
    const { guard } = this;
    const { ruleVersion } = guard.core;
    const info = yield* wait(this.inner.stat());
    if (isDirectory(info.mode)) {
      // It has one name, or none.
    } else if (this.#isNameless) {
      // The name that it was opened by is gone, and what is left are names that nobody knows.
      if (info.nlink > 0) yield* scanShared(guard, info.ino);
      guard.names.identified(guard.names.fileOf(this), info.ino);
    } else if (guard.mayHaveOtherNames(info)) {
      yield* guard.scan();
      if (!this.#isNameless) guard.names.named(this.names[0]!, info.ino, false);
    }
    this.#identifiedFor = ruleVersion;
  }

  get #isNameless(): boolean {
    return this.file !== undefined && this.file.current().dentries.length === 0;
  }
}

const OP_BIT = /* @__PURE__ */ Object.fromEntries(HOOK_OPS.map((op, i) => [op, 1 << i])) as Record<
  HookOp,
  number
>;
