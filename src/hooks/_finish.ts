import { isPromiseLike } from "../fs/awaitable.ts";
import { HOST_CONTEXT } from "../fs/context.ts";
import type { FileInfo } from "../fs/info.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import { TOLD_OPS } from "./_effects.ts";
import { HookTimeoutError } from "./_deadline.ts";
import { HookCall } from "./_hook_call.ts";
import { depthOf } from "./_hook_context.ts";
import type { Operation } from "./_operation.ts";
import { runTask, type Task, wait } from "./_task.ts";
import type { HookOp } from "./ops.ts";
import type { HookFileMeta, HookRequest, HookResult } from "./request.ts";

/**
 * Tells of an operation that is over: events, the event function, after-hooks.
 *
 * @returns What to wait for before the operation is answered, if there is anything. It never throws.
 */
export function finish(o: Operation): PromiseLike<void> | undefined {
  const { core, table } = o;
  o.isOver = true;
  if (o.outcome === "blocked") core.blocked++;
  const duration = performance.now() - o.started;
  const pressure = table.listening ? tellListeners(o, duration) : undefined;
  const waits = pressure !== undefined && depthOf(o.context) === 0;
  if (table.afters.length === 0) return waits ? patient(o, pressure) : undefined;
  const told = runTask(tellHooks(o, duration)) as PromiseLike<void> | undefined;
  if (!waits) return told;
  return told === undefined ? patient(o, pressure) : told.then(() => patient(o, pressure));
}

function* tellHooks(o: Operation, duration: number): Task<void> {
  let result: HookResult | undefined;
  for (const hook of o.table.afters) {
    if (!isFor(o, hook)) continue;
    for (const op of toldOps(o)) {
      if (!hook.ops.has(op)) continue;
      const request = o.request(op, o.path);
      if (!matches(o, hook, request)) continue;
      result ??= resultOf(o, duration, yield* describe(o));
      if (hook.async) yield* enqueue(o, hook, request, result);
      else yield* tell(o, hook, request, result);
      break;
    }
  }
}

/** Makes an event, and gives what to wait for if a reader cannot follow. */
function tellListeners(o: Operation, duration: number): Promise<unknown> | undefined {
  const { core, context } = o;
  const seq = ++core.lastSeq;
  if (core.streams.size > 0) {
    core.emit({
      type: "event",
      seq,
      time: Date.now(),
      duration,
      op: o.op,
      path: o.asked,
      newPath: o.askedNewPath,
      uid: context.uid,
      gid: context.gid,
      pid: context.pid,
      origin: context.origin,
      outcome: o.outcome,
      errno: o.error?.code,
      rule: o.rule,
      bytes: o.bytes,
    });
  }
  // What it does itself is not told to it, or it would never end.
  if (core.eventFunc !== undefined && !core.isTelling) {
    core.isTelling = true;
    try {
      core.eventFunc(o.request(o.op, o.path), resultOf(o, duration, undefined));
    } catch (error) {
      core.failed("event function", error);
    } finally {
      core.isTelling = false;
    }
  }
  return core.pressure();
}

/** Waits for readers as long as for a hook: somebody who never reads stops nobody for good. */
function patient(o: Operation, pressure: PromiseLike<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, o.core.settings.timeout);
    pressure.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isFor(o: Operation, hook: CompiledHook): boolean {
  if (o.outcome === "blocked" && !hook.blocked) return false;
  if (hook.since > o.since && !hook.openHandles) return false;
  if (hook.sideEffect && depthOf(o.context) >= o.core.settings.maxExecDepth) return false;
  return hook.globs === undefined ||
    hook.globs.some((glob) =>
      o.names.some((name) => glob.matches(name)) || o.newNames.some((name) => glob.matches(name))
    );
}

/** Under which operations a hook can have been waiting for this one. */
function toldOps(o: Operation): readonly HookOp[] {
  if (o.op !== "open" && o.op !== "create") return TOLD_OPS[o.op] ?? [o.op];
  return o.truncates ? [o.op, "truncate"] : [o.op];
}

function matches(o: Operation, hook: CompiledHook, request: HookRequest): boolean {
  if (hook.matcher === undefined) return true;
  try {
    return hook.matcher.match(request) === true;
  } catch (error) {
    o.core.failed(hook.name, error);
    return false;
  }
}

/** What the file is now, for hooks that want to know; not to know is no failure. */
function* describe(o: Operation): Task<FileInfo | undefined> {
  try {
    return yield* wait(o.describe());
  } catch {
    return undefined;
  }
}

function resultOf(o: Operation, duration: number, info: FileInfo | undefined): HookResult {
  return Object.freeze({
    outcome: o.outcome,
    err: o.error,
    rule: o.rule,
    bytes: o.bytes,
    duration,
    meta: info === undefined ? undefined : metaOf(info),
  });
}

function metaOf({ size, mode, uid, gid }: FileInfo): HookFileMeta {
  return Object.freeze({ size, mode, uid, gid });
}

function* tell(
  o: Operation,
  hook: CompiledHook,
  request: HookRequest,
  result: HookResult,
): Task<void> {
  const call = new HookCall(hook, o.trees, o.context);
  try {
    const told = call.run(o.core, () => hook.after!(request, result, call));
    if (isPromiseLike(told)) yield told;
  } catch (error) {
    noteFailure(o, hook, error);
  }
}

function* enqueue(
  o: Operation,
  hook: CompiledHook,
  request: HookRequest,
  result: HookResult,
): Task<void> {
  const { queue, settings } = o.core;
  // What hooks do is never made to wait for hooks: they would wait for themselves.
  if (queue.full && settings.overflow === "wait" && depthOf(o.context) === 0) {
    yield patient(o, queue.room());
  }
  queue.push({
    id: o.id,
    bytes: request.data?.length ?? 0,
    run: async () => {
      // The operation is over: that nobody waits for it any more means nothing to the hook.
      const call = new HookCall(hook, o.trees, o.context, HOST_CONTEXT.signal);
      try {
        await call.run(o.core, () => hook.after!(request, result, call));
      } catch (error) {
        noteFailure(o, hook, error);
      }
    },
  });
}

function noteFailure(o: Operation, hook: CompiledHook, error: unknown): void {
  if (error instanceof HookTimeoutError) o.core.timeouts++;
  o.core.failed(hook.name, error);
}
