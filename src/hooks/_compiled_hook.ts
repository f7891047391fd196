import type { ErrnoCode } from "../fs/errno.ts";
import { checkFields, checkRule } from "./_check_rule.ts";
import type { HookSpec } from "./_hook_spec.ts";
import type { Redirect, Stream } from "./_layers.ts";
import type { Decision } from "./decision.ts";
import { block, delay } from "./decision.ts";
import { Glob } from "./glob.ts";
import { GlobError } from "./glob_error.ts";
import { type AfterHookFunc, type BeforeHookFunc, CHECKED, type CheckedHook } from "./hook.ts";
import { type HookMatcher, OpPathMatcher } from "./matcher.ts";
import { HOOK_OPS, type HookOp, POLICY_OPS } from "./ops.ts";
import { ruleLabel } from "./parse_rules.ts";
import type { ActionFunc, HookRule, MutateWriteFunc } from "./rule.ts";
import { HookRuleError } from "./rule_error.ts";
import type { FileTransform } from "./transform_types.ts";

/** A hook as the engine uses it: checked, with all defaults filled in. */
export interface CompiledHook {
  readonly name: string;
  readonly ops: ReadonlySet<HookOp>;
  readonly globs: readonly Glob[] | undefined;
  readonly matcher: HookMatcher | undefined;
  readonly targets: boolean;
  readonly decision: Decision | undefined;
  readonly before: BeforeHookFunc | undefined;
  readonly after: AfterHookFunc | undefined;
  readonly async: boolean;
  readonly blocked: boolean;
  readonly sideEffect: boolean;
  readonly timeout: number;
  readonly errno: ErrnoCode;
  readonly openHandles: boolean;
  readonly redirect: Redirect | undefined;
  readonly stream: Stream | undefined;
  readonly whole: FileTransform | undefined;
  /** The version of the engine that first had it. */
  readonly since: number;
}

/** What the engine adds to a hook that does not say it itself. */
export interface CompileDefaults {
  readonly timeout: number;
  readonly ignoreCase: boolean;
  readonly since: number;
}

/** Checks a rule or hook and makes it ready for use. */
export function compileHook(
  source: HookRule | CheckedHook,
  index: number,
  defaults: CompileDefaults,
): CompiledHook {
  const label = ruleLabel(source, index);
  const spec = isChecked(source) ? checkSpec(source, label) : specOfRule(source, label);
  const { matcher } = spec;
  const byPath = matcher instanceof OpPathMatcher ? matcher : undefined;
  const decides = spec.before !== undefined || spec.decision !== undefined;
  let ops = spec.ops ?? (decides ? POLICY_OPS : HOOK_OPS);
  if (byPath !== undefined && byPath.ops.length > 0) {
    ops = ops.filter((op) => byPath.ops.includes(op));
  }
  return {
    name: label,
    ops: new Set(ops),
    globs: compileGlobs(spec.pathPattern ?? byPath?.pathPattern, label, spec, defaults),
    // With patterns of its own as well, an OpPathMatcher is asked like any other.
    matcher: byPath !== undefined && spec.pathPattern === undefined ? undefined : matcher,
    targets: spec.targets ?? true,
    decision: spec.decision,
    before: spec.before,
    after: spec.after,
    async: spec.async ?? false,
    blocked: spec.blocked ?? false,
    sideEffect: spec.sideEffect ?? false,
    timeout: spec.timeout ?? defaults.timeout,
    errno: spec.errno ?? "EIO",
    openHandles: spec.openHandles ?? true,
    redirect: spec.redirect,
    stream: spec.stream,
    whole: spec.whole,
    since: defaults.since,
  };
}

function isChecked(source: HookRule | CheckedHook): source is CheckedHook {
  return typeof source === "object" && source !== null && CHECKED in source;
}

const ANYTHING = () => undefined;

function checkSpec(source: CheckedHook, label: string): HookSpec {
  const spec = source as unknown as HookSpec;
  const isFunction = (value: unknown) =>
    typeof value === "function" ? undefined : "it is not a function";
  checkFields(source, label, {
    before: isFunction,
    after: isFunction,
    matcher: (value) =>
      typeof (value as Partial<HookMatcher> | null)?.match === "function"
        ? undefined
        : "it has no match()",
    blocked: (value) => typeof value === "boolean" ? undefined : "it is not true or false",
    decision: ANYTHING,
    targets: ANYTHING,
    ignoreCase: ANYTHING,
    redirect: ANYTHING,
    stream: ANYTHING,
    whole: ANYTHING,
  }, ["action", "actionFunc", "delay", "mutateWrite", "mutateWriteFunc", "hook"]);
  const { before, after, phase } = spec;
  const other = spec.decision ?? spec.redirect ?? spec.stream ?? spec.whole;
  if (before === undefined && after === undefined && other === undefined) {
    throw new HookRuleError(label, "before", "a hook needs a function: before or after");
  }
  if (before !== undefined && after !== undefined) {
    throw new HookRuleError(label, "after", "a hook has one phase: make two of it");
  }
  if (phase !== undefined && (phase === "after") !== (after !== undefined)) {
    throw new HookRuleError(label, "phase", `there is no function for ${phase}`);
  }
  if (after === undefined) {
    for (const field of ["async", "blocked", "sideEffect"] as const) {
      if (spec[field] === undefined) continue;
      throw new HookRuleError(label, field, "it is for the phase after");
    }
  }
  return spec;
}

function specOfRule(rule: HookRule, label: string): HookSpec {
  checkRule(rule, label);
  const { ops, pathPattern, timeout, openHandles, async, sideEffect, hook } = rule;
  const common = defined({ name: label, ops, pathPattern, timeout, openHandles });
  if (hook !== undefined) return { ...common, ...defined({ async, sideEffect }), after: hook };
  const { actionFunc } = rule;
  if (actionFunc !== undefined) return { ...common, before: decideBy(actionFunc) };
  switch (rule.action!) {
    case "allow":
    case "hide":
      return { ...common, decision: { kind: rule.action } as Decision };
    case "block":
      return { ...common, decision: block(rule.errno) };
    case "delay":
      return { ...common, decision: delay(rule.delay!) };
    case "mutate_write":
      return { ...common, whole: { encode: mutation(rule) } };
  }
}

/** Leaves out what is undefined, so that it does not stand for something that was said. */
function defined<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as { [K in keyof T]?: NonNullable<T[K]> };
}

function decideBy(actionFunc: ActionFunc): BeforeHookFunc {
  const decisionOf = (action: Awaited<ReturnType<ActionFunc>>) =>
    action === "block"
      ? block()
      : action === "allow" || action === "hide"
      ? { kind: action } as const
      : action;
  return (request, tools) => {
    const action = actionFunc(request, tools);
    return typeof action === "object" && "then" in action
      ? action.then(decisionOf)
      : decisionOf(action);
  };
}

function mutation(rule: HookRule): NonNullable<FileTransform["encode"]> {
  const mutate: MutateWriteFunc = rule.mutateWriteFunc ?? (() => rule.mutateWrite!);
  return async (data, { path, mode, uid, gid }) => {
    const bytes = await mutate({ path, offset: 0, size: data.length, data, mode, uid, gid });
    return typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  };
}

function compileGlobs(
  pattern: string | readonly string[] | undefined,
  label: string,
  spec: HookSpec,
  defaults: CompileDefaults,
): Glob[] | undefined {
  if (pattern === undefined) return undefined;
  const ignoreCase = spec.ignoreCase ?? defaults.ignoreCase;
  try {
    const globs = (typeof pattern === "string" ? [pattern] : pattern)
      .map((each) => new Glob(each, { ignoreCase }));
    return globs.some((glob) => glob.universal) ? undefined : globs;
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    throw new HookRuleError(label, "pathPattern", error.message);
  }
}
