/**
 * Interception: what may happen to files, and who is told.
 *
 * @module
 */

export {
  allow,
  type AllowDecision,
  answer,
  type AnswerDecision,
  type AnyDecision,
  block,
  type BlockDecision,
  change,
  type ChangeDecision,
  type ChangeMode,
  type ChangeNothing,
  type ChangeOffset,
  type ChangeOpen,
  type ChangePath,
  type ChangePaths,
  type ChangeWrite,
  type Decision,
  delay,
  type DelayDecision,
  hide,
  type HideDecision,
  type OperationTypes,
} from "./decision.ts";
export { HookEngine, type HookEngineOptions, type HookSource, type HookStats } from "./engine.ts";
export * from "./event.ts";
export * from "./event_stream.ts";
export * from "./glob.ts";
export * from "./glob_error.ts";
export {
  type AfterHookFunc,
  type BeforeHookFunc,
  type CheckedHook,
  type Hook,
  hook,
  type HookPhase,
} from "./hook.ts";
export * from "./intercept_provider.ts";
export * from "./matcher.ts";
export * from "./ops.ts";
export { parseRules } from "./parse_rules.ts";
export * from "./request.ts";
export * from "./rule.ts";
export * from "./rule_error.ts";
