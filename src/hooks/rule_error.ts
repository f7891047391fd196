/**
 * A rule or a hook that cannot be used. Nothing is left out or guessed: the engine is not built.
 *
 * @example
 * ```ts
 * import { HookRuleError, parseRules } from "@vfs/server/core";
 *
 * try {
 *   parseRules([{ name: "r", ops: ["wirte"], action: "block" }]);
 * } catch (error) {
 *   if (error instanceof HookRuleError) console.log(error.rule, error.field); // "r" "ops"
 * }
 * ```
 */
export class HookRuleError extends TypeError {
  /** The name of the rule, or its place in the list. */
  readonly rule: string;
  /** The field that is wrong. */
  readonly field: string;

  /**
   * Says what is wrong with a rule.
   *
   * @param rule The name of the rule, or its place in the list.
   * @param field The field that is wrong.
   * @param reason What is wrong with it, as a clause.
   */
  constructor(rule: string, field: string, reason: string) {
    super(`Cannot use rule ${JSON.stringify(rule)}: ${field}: ${reason}`);
    this.rule = rule;
    this.field = field;
  }

  /** Always `"HookRuleError"`. */
  override get name(): string {
    return "HookRuleError";
  }
}
