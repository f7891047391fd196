import { AfterQueue } from "./_after_queue.ts";
import { type CompiledHook, compileHook } from "./_compiled_hook.ts";
import { JUDGED_OPS, TOLD_OPS } from "./_effects.ts";
import type { HookContext } from "./_hook_context.ts";
import type { HookEvent, HookLoss } from "./event.ts";
import type { EventStream } from "./event_stream.ts";
import type { CheckedHook } from "./hook.ts";
import { HOOK_OPS, type HookOp } from "./ops.ts";
import type { HookRequest, HookResult } from "./request.ts";
import type { HookRule } from "./rule.ts";

/** The settings of an engine, all of them known. */
export interface HookSettings {
  readonly maxExecDepth: number;
  readonly maxDepth: number;
  readonly timeout: number;
  readonly queueLimit: number;
  readonly queueBytes: number;
  readonly overflow: "report" | "wait";
  readonly ignoreCase: boolean;
  readonly walkLimit: number;
  readonly onError: (error: unknown, hook: string) => void;
}

/** What looks at one operation. */
export interface OpTable {
  /** The hooks that decide, in order. */
  readonly policies: readonly CompiledHook[];
  /** The hooks that are told afterwards. */
  readonly afters: readonly CompiledHook[];
  /** What all paths match about which one of them may have something to say, if that is known. */
  readonly outline: RegExp | undefined;
  /** Whether it matters which other names the file has. */
  readonly identity: boolean;
  /** Whether rules decide by themselves, and nobody has to be asked. */
  readonly isPlain: boolean;
  /** Whether events are made of it. */
  readonly listening: boolean;
}

/** An after-hook's view of an operation, for the event function. */
export type EventFunc = (request: HookRequest, result: HookResult) => void;

/** What an engine is made of, for the providers that ask it. */
export class HookCore {
  readonly settings: HookSettings;
  readonly queue: AfterQueue;
  hooks: readonly CompiledHook[] = [];
  /** Goes up with each change of the hooks: what was worked out before is stale then. */
  version = 0;
  /** Goes up only when there are other hooks, not when somebody begins to listen. */
  ruleVersion = 0;
  /** The hook whose synchronous part is running at this moment. */
  running: HookContext | undefined;
  readonly streams: Set<EventStream> = new Set();
  eventFunc: EventFunc | undefined;
  /** Whether the event function is running. */
  isTelling = false;
  /** Counters, for {@link HookStats}. */
  operations = 0;
  blocked = 0;
  failures = 0;
  timeouts = 0;
  lastSeq = 0;
  #tables: Partial<Record<HookOp, OpTable>> = {};

  constructor(settings: HookSettings) {
    this.settings = settings;
    this.queue = new AfterQueue(
      settings.queueLimit,
      settings.queueBytes,
      (loss) => this.#tellLoss(loss),
    );
  }

  /** What looks at an operation; `undefined` if nothing does. */
  table(op: HookOp): OpTable | undefined {
    return this.#tables[op];
  }

  compile(sources: readonly (HookRule | CheckedHook)[]): CompiledHook[] {
    const { timeout, ignoreCase } = this.settings;
    const first = this.hooks.length;
    const defaults = { timeout, ignoreCase, since: this.version + 1 };
    return sources.map((source, i) => compileHook(source, first + i, defaults));
  }

  /** Takes other hooks into use, or notices that somebody began or ceased to listen. */
  rebuild(hooks: readonly CompiledHook[] = this.hooks): void {
    if (hooks !== this.hooks) this.ruleVersion++;
    this.hooks = hooks;
    this.version++;
    const listening = this.streams.size > 0 || this.eventFunc !== undefined;
    this.#tables = {};
    for (const op of HOOK_OPS) {
      const policies = hooks.filter((hook) => decides(hook) && meets(hook, JUDGED_OPS[op]));
      const afters = hooks.filter((hook) => hook.after !== undefined && isTold(hook, op));
      if (policies.length === 0 && afters.length === 0 && !listening) continue;
      const identity = policies.some(isAboutNames);
      const isPlain = op !== "close" && policies.every(isPlainRule);
      const outline = outlineOf([...policies, ...afters]);
      this.#tables[op] = { policies, afters, outline, identity, isPlain, listening };
    }
  }

  /** Notes that a hook did not do what it should. */
  failed(hook: string, error: unknown): void {
    this.failures++;
    try {
      this.settings.onError(error, hook);
    } catch {
      // Whoever is told of failures has failed: there is nobody left to tell.
    }
  }

  emit(event: HookEvent): void {
    for (const stream of this.streams) stream.push(event);
  }

  /** What to wait for before the next event, if a stream wants that. */
  pressure(): Promise<unknown> | undefined {
    const waits: Promise<void>[] = [];
    for (const stream of this.streams) {
      const wait = stream.pressure();
      if (wait !== undefined) waits.push(wait);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  #tellLoss(loss: HookLoss): void {
    for (const stream of this.streams) stream.pushLoss(loss);
  }
}

function decides(hook: CompiledHook): boolean {
  return hook.before !== undefined || hook.decision !== undefined;
}

function isPlainRule({ decision }: CompiledHook): boolean {
  return decision?.kind === "allow" || decision?.kind === "block" || decision?.kind === "hide";
}

/** One expression for all patterns: most paths concern nobody, and that is found out at once. */
function outlineOf(hooks: readonly CompiledHook[]): RegExp | undefined {
  const outlines = hooks.flatMap(({ globs }) => globs?.map((glob) => glob.outline()) ?? undefined);
  return outlines.length > 0 && outlines.every((outline) => outline !== undefined)
    ? new RegExp([...new Set(outlines)].join("|"))
    : undefined;
}

function meets(hook: CompiledHook, ops: ReadonlySet<HookOp>): boolean {
  for (const op of ops) if (hook.ops.has(op)) return true;
  return false;
}

function isTold(hook: CompiledHook, op: HookOp): boolean {
  // What an open turns out to be is known only when it is done.
  if (op === "open" || op === "create") {
    return hook.ops.has("open") || hook.ops.has("create") || hook.ops.has("truncate");
  }
  return (TOLD_OPS[op] ?? [op]).some((told) => hook.ops.has(told));
}

/** Whether a hook looks at paths, so that another name of a file could be judged otherwise. */
export function isAboutNames(hook: CompiledHook): boolean {
  return hook.globs !== undefined || hook.matcher !== undefined;
}
