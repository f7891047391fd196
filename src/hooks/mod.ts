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
  type AnswerOf,
  type AnyDecision,
  block,
  type BlockDecision,
  change,
  type ChangeDecision,
  type ChangeMode,
  type ChangeNothing,
  type ChangeOf,
  type ChangeOffset,
  type ChangeOpen,
  type ChangePath,
  type ChangePaths,
  type ChangeWrite,
  type Decision,
  delay,
  type DelayDecision,
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
  type CHECKED,
  type CheckedHook,
  type Hook,
  hook,
  type HookPhase,
} from "./hook.ts";
export * from "./intercept_provider.ts";
export * from "./matcher.ts";
export * from "./ops.ts";
export { hide } from "./hide.ts";
export type { Patterns } from "./policies/_patterns.ts";
export { parseRules } from "./parse_rules.ts";
export * from "./request.ts";
export * from "./rule.ts";
export * from "./rule_error.ts";
export { approve, type ApproveOptions } from "./policies/approve.ts";
export { deny } from "./policies/deny.ts";
export { faults, type FaultsOptions } from "./policies/faults.ts";
export { protectGit, type ProtectGitOptions } from "./policies/protect_git.ts";
export { quota, type QuotaOptions } from "./policies/quota.ts";
export { rateLimit, type RateLimitOptions } from "./policies/rate_limit.ts";
export { readOnly } from "./policies/read_only.ts";
export { redirect } from "./policies/redirect.ts";
export { transform, transformFile } from "./policies/transform.ts";
export * from "./transform_types.ts";
export { formatEvent } from "./sinks/format_event.ts";
export { writeJsonLines } from "./sinks/json_lines.ts";
export { type AuditReport, verifyAudit } from "./sinks/verify_audit.ts";
export { type AuditHead, type AuditOptions, writeAudit } from "./sinks/write_audit.ts";
