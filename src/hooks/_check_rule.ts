import { parseErrnoCode } from "../fs/errno.ts";
import { HOOK_ACTIONS, type HookRule } from "./rule.ts";
import { HOOK_OPS, isHookOp } from "./ops.ts";
import { HookRuleError } from "./rule_error.ts";

/** The longest time that a timer of JavaScript can wait for, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** What each field has to be; a field that is not here does not exist. */
const FIELDS: { readonly [Field in keyof HookRule]-?: (value: unknown) => string | undefined } = {
  name: (value) => typeof value === "string" && value !== "" ? undefined : "it is not a name",
  phase: (value) =>
    value === "before" || value === "after" ? undefined : `${show(value)} is no phase`,
  ops: checkOps,
  pathPattern: checkPatterns,
  action: (value) =>
    (HOOK_ACTIONS as readonly unknown[]).includes(value) ? undefined : unknownAction(value),
  errno: (value) =>
    typeof value === "string" && parseErrnoCode(value) === value
      ? undefined
      : `${show(value)} is no errno`,
  delay: checkMilliseconds,
  mutateWrite: (value) =>
    typeof value === "string" || value instanceof Uint8Array
      ? undefined
      : "it is not text or bytes",
  mutateWriteFunc: checkFunction,
  actionFunc: checkFunction,
  hook: checkFunction,
  async: checkBoolean,
  sideEffect: checkBoolean,
  timeout: (value) => value === 0 ? "it is 0" : checkMilliseconds(value),
  openHandles: checkBoolean,
};

/** Checks the shape of a rule or hook: each field by itself. */
export function checkFields(
  value: unknown,
  label: string,
  more: Readonly<Record<string, (value: unknown) => string | undefined>> = {},
  without: readonly string[] = [],
): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HookRuleError(label, "the rule", "it is not an object");
  }
  for (const [field, content] of Object.entries(value)) {
    if (content === undefined) continue;
    const known = Object.hasOwn(FIELDS, field) && !without.includes(field);
    const check = known
      ? FIELDS[field as keyof HookRule]
      : Object.hasOwn(more, field)
      ? more[field]
      : undefined;
    if (check === undefined) throw new HookRuleError(label, field, "there is no such field");
    const problem = check(content);
    if (problem !== undefined) throw new HookRuleError(label, field, problem);
  }
}

/** Checks that the fields of a rule fit together. */
export function checkRule(rule: HookRule, label: string): void {
  checkFields(rule, label);
  const fail = (field: string, reason: string): never => {
    throw new HookRuleError(label, field, reason);
  };
  const { action, actionFunc, hook } = rule;
  const after = rule.phase === "after" || (rule.phase === undefined && hook !== undefined);
  if (after) {
    if (action !== undefined) fail("action", `an after rule cannot ${action}: it is too late`);
    if (actionFunc !== undefined) fail("actionFunc", "an after rule cannot decide: it is too late");
    if (hook === undefined) fail("hook", "an after rule needs one");
  } else {
    if (hook !== undefined) fail("hook", "it is for the phase after");
    if (action === undefined && actionFunc === undefined) fail("action", "it is missing");
    if (action !== undefined && actionFunc !== undefined) fail("actionFunc", "there is an action");
    if (rule.async !== undefined) fail("async", "it is for the phase after");
    if (rule.sideEffect !== undefined) fail("sideEffect", "it is for the phase after");
  }
  const { ops } = rule;
  if (!after && ops?.includes("close") && action !== "allow") {
    fail("ops", "close cannot be refused");
  }
  if (rule.errno !== undefined && action !== "block") fail("errno", "it is for block");
  if ((rule.delay !== undefined) !== (action === "delay")) {
    fail("delay", action === "delay" ? "it is missing" : "it is for the action delay");
  }
  const mutations = [rule.mutateWrite, rule.mutateWriteFunc].filter((field) => field !== undefined);
  if (action === "mutate_write") {
    if (mutations.length !== 1) {
      fail("mutateWrite", "exactly one of it and mutateWriteFunc is needed");
    }
    if (ops?.some((op) => op !== "write")) fail("ops", "mutate_write is for write alone");
  } else if (mutations.length > 0) {
    fail(
      rule.mutateWrite === undefined ? "mutateWriteFunc" : "mutateWrite",
      "it is for mutate_write",
    );
  }
}

function checkOps(value: unknown): string | undefined {
  if (!Array.isArray(value)) return "it is not a list";
  if (value.length === 0) return "it is empty: leave it out for all operations";
  const unknown = value.find((op) => !isHookOp(op));
  if (unknown === undefined && !value.includes(undefined)) return undefined;
  return `${show(unknown)} is no operation; there are ${HOOK_OPS.join(", ")}`;
}

function checkPatterns(value: unknown): string | undefined {
  const patterns: unknown[] = Array.isArray(value) ? value : [value];
  if (patterns.length === 0) return "it is empty: leave it out for all paths";
  return patterns.every((pattern) => typeof pattern === "string")
    ? undefined
    : "it is not a pattern or a list of patterns";
}

function unknownAction(value: unknown): string {
  return `${show(value)} is no action; there are ${HOOK_ACTIONS.join(", ")}`;
}

function checkMilliseconds(value: unknown): string | undefined {
  if (typeof value !== "number" || !(value >= 0) || value > LONGEST_DELAY) {
    return `it is not a number of milliseconds up to ${LONGEST_DELAY}`;
  }
}

function checkFunction(value: unknown): string | undefined {
  return typeof value === "function" ? undefined : "it is not a function";
}

function checkBoolean(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "it is not true or false";
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
