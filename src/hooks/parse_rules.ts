import { checkRule } from "./_check_rule.ts";
import { Glob } from "./glob.ts";
import { GlobError } from "./glob_error.ts";
import type { HookRule } from "./rule.ts";
import { HookRuleError } from "./rule_error.ts";

/** The fields that only code can have: JSON has no functions. */
const CODE_ONLY: readonly string[] = ["mutateWriteFunc", "actionFunc", "hook"];

/**
 * Reads rules from a configuration: any value, for instance what `JSON.parse` gave.
 *
 * @param value A list of rules without functions.
 * @returns The same rules, checked.
 * @throws {HookRuleError} For the first field of a rule that cannot be used, naming both.
 *
 * @example
 * ```ts
 * import { HookEngine, parseRules } from "@vfs/server/core";
 *
 * const text = '[{ "ops": ["write"], "pathPattern": "/w/*.lock", "action": "block" }]';
 * const engine = new HookEngine(parseRules(JSON.parse(text)));
 * console.log(engine.size); // 1
 * ```
 */
export function parseRules(value: unknown): HookRule[] {
  if (!Array.isArray(value)) {
    throw new HookRuleError("rules", "the list", "it is not a list of rules");
  }
  return value.map((rule: HookRule, i) => {
    const label = ruleLabel(rule, i);
    checkRule(rule, label);
    for (const field of CODE_ONLY) {
      if (Object.hasOwn(rule, field)) {
        throw new HookRuleError(label, field, "it is for rules in code");
      }
    }
    for (const pattern of patternsOf(rule.pathPattern)) checkPattern(pattern, label);
    return rule;
  });
}

/** What to call a rule: its name, or its place. */
export function ruleLabel(rule: unknown, index: number): string {
  const name = typeof rule === "object" && rule !== null ? (rule as HookRule).name : undefined;
  return typeof name === "string" && name !== "" ? name : `rule ${index + 1}`;
}

function patternsOf(pattern: string | readonly string[] | undefined): readonly string[] {
  return typeof pattern === "string" ? [pattern] : pattern ?? [];
}

function checkPattern(pattern: string, label: string): void {
  try {
    new Glob(pattern);
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    throw new HookRuleError(label, "pathPattern", error.message);
  }
}
