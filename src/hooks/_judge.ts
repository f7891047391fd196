import { VfsError } from "../fs/error.ts";
import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import { parseErrnoCode } from "../fs/errno.ts";
import { O_CREAT } from "../fs/flags.ts";
import { applyChange, isRightAnswer } from "./_apply.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import type { Effect } from "./_effects.ts";
import { HookTimeoutError } from "./_deadline.ts";
import { HookCall } from "./_hook_call.ts";
import type { Answered, Operation } from "./_operation.ts";
import type { Task } from "./_task.ts";
import type { AllowDecision, AnyDecision, BlockDecision, HideDecision } from "./decision.ts";
import type { HookOp } from "./ops.ts";

/** How the rules left one name: with an opinion, or to be looked at under another path. */
type Verdict = "none" | "allow" | "moved";

const NOTHING: readonly string[] = [];

/**
 * Asks the rules about everything that an operation does, and puts the outcome into the operation.
 *
 * Each end is judged by itself, and so is each name that a file has: one that is blocked blocks the
 * operation, whatever an exception says of the others.
 *
 * @returns Whether it is done. If not, a hook changed a path, and what it does there is another
 * matter: its effects have to be found again.
 */
export function* judge(o: Operation, effects: readonly Effect[]): Task<boolean> {
  for (const effect of effects) {
    for (const name of namesAt(o, effect.end)) {
      // First the effect itself, then what it implies, unless it was allowed by name.
      for (let i = -1; i < effect.implies.length; i++) {
        const op = i < 0 ? effect.op : effect.implies[i]!;
        const verdict = yield* judgeName(o, effect, op, name);
        if (verdict === "moved") return false;
        if (o.error !== undefined) return true;
        if (verdict === "allow" && i < 0) break;
      }
    }
  }
  return true;
}

function namesAt(o: Operation, end: Effect["end"]): readonly string[] {
  if (end === "path") return o.names;
  if (end === "newPath") return o.newNames;
  const target = o.target();
  return target === undefined ? NOTHING : [target];
}

function* judgeName(o: Operation, effect: Effect, op: HookOp, name: string): Task<Verdict> {
  for (const hook of o.table.policies) {
    if (!hook.ops.has(op) || !concerns(o, hook, effect.end, name)) continue;
    let decision: AnyDecision | undefined = hook.decision;
    if (decision === undefined) {
      const said = ask(o, hook, effect, op, name);
      decision = isPromiseLike(said) ? (yield said) as AnyDecision | undefined : said;
    }
    if (o.error !== undefined) return "none";
    // A close frees what it holds, whatever anybody thinks of it.
    if (decision === undefined || o.op === "close") continue;
    switch (decision.kind) {
      case "allow":
      case "block":
      case "hide":
        if (settle(o, hook, effect, name, decision)) {
          return o.error === undefined ? "allow" : "none";
        }
        break;
      case "delay":
        yield* pause(o, hook, decision.ms);
        if (o.error !== undefined) return "none";
        break;
      case "answer":
        o.answer = decision.result;
        o.outcome = "answered";
        o.rule = hook.name;
        return "allow";
      case "change":
        if (changeBy(o, hook, op, decision.fields)) return "moved";
        if (o.error !== undefined) return "none";
    }
  }
  return "none";
}

/** What rules alone decide, without anybody being asked: the same, and nothing to wait for. */
export function judgeByRules(o: Operation, effects: readonly Effect[]): void {
  for (const effect of effects) {
    for (const name of namesAt(o, effect.end)) {
      for (let i = -1; i < effect.implies.length; i++) {
        const isSettled = judgeNameByRules(o, effect, i < 0 ? effect.op : effect.implies[i]!, name);
        if (o.error !== undefined) return;
        if (isSettled && i < 0) break;
      }
    }
  }
}

function judgeNameByRules(o: Operation, effect: Effect, op: HookOp, name: string): boolean {
  for (const hook of o.table.policies) {
    if (!hook.ops.has(op) || !concerns(o, hook, effect.end, name)) continue;
    if (settle(o, hook, effect, name, hook.decision as SettlingDecision)) return true;
  }
  return false;
}

/** A decision that rules can make by themselves, and that ends the matter. */
type SettlingDecision = AllowDecision | BlockDecision | HideDecision;

/** Takes such a decision; tells whether it ended the matter. */
function settle(
  o: Operation,
  hook: CompiledHook,
  effect: Effect,
  name: string,
  decision: SettlingDecision,
): boolean {
  if (decision.kind === "allow") {
    o.rule ??= hook.name;
  } else if (decision.kind === "block") {
    o.block(decision.errno, hook.name);
  } else {
    // The root is always there, and what a link says is only text.
    if (name === "/" || effect.end === "target") return false;
    o.block(makes(o, effect) ? "EACCES" : "ENOENT", hook.name);
  }
  return true;
}

function concerns(o: Operation, hook: CompiledHook, end: Effect["end"], name: string): boolean {
  if (hook.since > o.since && !hook.openHandles) return false;
  if (end === "target" && !hook.targets) return false;
  return hook.globs === undefined || hook.globs.some((glob) => glob.matches(name));
}

/** Puts other arguments in; tells whether the operation is about another path then. */
function changeBy(o: Operation, hook: CompiledHook, op: HookOp, fields: unknown): boolean {
  // What replaces content without writing it has no bytes that could be others.
  if (op === "write" && o.op !== "write") return false;
  const { path, newPath } = o;
  try {
    applyChange(o, fields);
  } catch (error) {
    fail(o, hook, error);
    return false;
  }
  if (o.outcome === "allowed") o.outcome = "mutated";
  o.rule ??= hook.name;
  if (o.path === path && o.newPath === newPath) return false;
  // It has had its say, and would move the operation again and again.
  (o.movers ??= []).push(hook);
  return true;
}

/** Whether something would come to be by that name: what is hidden cannot be made either. */
function makes(o: Operation, effect: Effect): boolean {
  const creates = o.since === Infinity && (o.op === "open" || o.op === "create") &&
    (o.flags & O_CREAT) !== 0;
  return creates || effect.end === "newPath" || MAKING.has(effect.op);
}

const MAKING: ReadonlySet<HookOp> = new Set(["create", "mkdir", "mknod", "symlink"]);

/** Calls a hook, at most once about one thing. It never throws: a hook that does has refused. */
function ask(
  o: Operation,
  hook: CompiledHook,
  effect: Effect,
  op: HookOp,
  name: string,
): Awaitable<AnyDecision | undefined> {
  // A hook is told the name by which the file is protected; both ends of a rename are in one request.
  const path = effect.end === "path" ? name : o.path;
  if (o.movers?.includes(hook)) return undefined;
  const before = answerOf(o, hook, op, path);
  if (before !== undefined) return before.decision;
  const answered: Answered = { hook, op, path, decision: undefined };
  (o.answers ??= []).push(answered);
  const take = (decision: AnyDecision | void) => accept(o, hook, op, decision, answered);
  try {
    const request = o.request(op, path);
    if (hook.matcher !== undefined && hook.matcher.match(request) !== true) return undefined;
    const call = new HookCall(hook, o.trees, o.context);
    const said = call.run(o.core, () => hook.before!(request, call));
    return isPromiseLike(said) ? said.then(take, (error) => fail(o, hook, error)) : take(said);
  } catch (error) {
    return fail(o, hook, error);
  }
}

/** Takes what a hook decided, if it is a decision and one for this operation. */
function accept(
  o: Operation,
  hook: CompiledHook,
  op: HookOp,
  decision: AnyDecision | void,
  answered: Answered,
): AnyDecision | undefined {
  if (decision === undefined) return undefined;
  try {
    if (isDetour(o, op, decision)) {
      // Whoever is told EXDEV reads and writes instead, and that the hook can have its way with.
      if (o.outcome !== "answered") o.refuse(new VfsError("EXDEV", o.path), hook.name);
      return undefined;
    }
    if (!isRight(o, op, decision)) {
      throw new TypeError(`Cannot use what hook ${hook.name} decided about ${op}`);
    }
    // What changes and delays is done once; what settles is as good for the next time.
    const { kind } = decision;
    if (kind !== "change" && kind !== "delay") answered.decision = decision;
    return decision;
  } catch (error) {
    return fail(o, hook, error);
  }
}

/** Whether a hook wants other bytes than a copy within the tree would take. */
function isDetour(o: Operation, op: HookOp, { kind }: AnyDecision): boolean {
  return o.op === "copy" && op !== "copy" && (kind === "answer" || kind === "change");
}

function answerOf(
  o: Operation,
  hook: CompiledHook,
  op: HookOp,
  path: string,
): Answered | undefined {
  return o.answers?.find((each) => each.hook === hook && each.op === op && each.path === path);
}

function isRight(o: Operation, op: HookOp, decision: AnyDecision): boolean {
  switch (decision.kind) {
    case "allow":
    case "hide":
      return true;
    case "block":
      return parseErrnoCode(String(decision.errno)) === decision.errno;
    case "delay":
      return decision.ms >= 0 && decision.ms < 2 ** 31;
    case "answer":
      return (op === o.op || (op === "open" && o.op === "create")) &&
        isRightAnswer(o, decision.result);
    case "change":
      return typeof decision.fields === "object" && decision.fields !== null;
    default:
      return false;
  }
}

/** A policy that fails has refused: the operation fails, and nothing else does. */
function fail(o: Operation, hook: CompiledHook, error: unknown): undefined {
  if (o.op === "close") {
    o.core.failed(hook.name, error);
    return;
  }
  if (error instanceof HookTimeoutError) {
    o.core.timeouts++;
    o.core.failed(hook.name, error);
    o.refuse(error, hook.name);
  } else if (error instanceof VfsError) {
    o.refuse(error, hook.name);
  } else {
    o.core.failed(hook.name, error);
    o.refuse(new VfsError(hook.errno, `hook ${hook.name}`, { cause: error }), hook.name);
  }
}

function* pause(o: Operation, hook: CompiledHook, ms: number): Task<void> {
  if (hook.decision !== undefined) {
    // A rule that delays does so once for an operation, however many things that does.
    if (answerOf(o, hook, o.op, "") !== undefined) return;
    (o.answers ??= []).push({ hook, op: o.op, path: "", decision: undefined });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const call = new HookCall({ ...hook, timeout: 2 ** 31 - 1 }, o.trees, o.context);
  try {
    yield call.within(new Promise((resolve) => timer = setTimeout(resolve, ms))) as Promise<
      unknown
    >;
  } catch (error) {
    fail(o, hook, error);
  } finally {
    clearTimeout(timer);
  }
}
