import { HookEngine, type HookEngineOptions, type HookSource } from "./engine.ts";
import { Glob } from "./glob.ts";
import { hide } from "./hide.ts";
import { deny } from "./policies/deny.ts";
import { readOnly } from "./policies/read_only.ts";
import type { HookRule } from "./rule.ts";
import { HookRuleError } from "./rule_error.ts";

/** What a command line, or a configuration, says about interception. */
export interface HookFlags {
  /** Patterns of `--hide`. */
  readonly hide?: readonly string[];
  /** Patterns of `--deny`. */
  readonly deny?: readonly string[];
  /** Patterns of `--read-only`. */
  readonly readOnly?: readonly string[];
  /** Rules of a configuration, from {@link parseRules}; they are asked first. */
  readonly rules?: readonly HookRule[];
}

/**
 * Makes an engine of what a command line says: the rules first, in their order, then what is hidden,
 * denied and read-only.
 *
 * @param flags What it says.
 * @param options The settings of the engine.
 * @returns The engine.
 * @throws {HookRuleError} For a pattern or a rule that cannot be used.
 *
 * @example
 * ```ts
 * import { engineFromFlags } from "@vfs/server/core";
 *
 * const engine = engineFromFlags({ hide: [".env*"], readOnly: ["/lib"] });
 * ```
 */
export function engineFromFlags(flags: HookFlags, options?: HookEngineOptions): HookEngine {
  const sources: HookSource[] = [...flags.rules ?? []];
  for (
    const [name, patterns, policy] of [
      ["--hide", flags.hide, (patterns: readonly string[]): HookSource => hide(patterns)],
      ["--deny", flags.deny, deny],
      ["--read-only", flags.readOnly, readOnly],
    ] as const
  ) {
    if (patterns === undefined || patterns.length === 0) continue;
    // Checked here, so that an error names the flag and not the policy that it became.
    checkPatterns(name, patterns);
    sources.push(policy(patterns));
  }
  return new HookEngine(sources, options);
}

function checkPatterns(flag: string, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    try {
      new Glob(pattern);
    } catch (error) {
      throw new HookRuleError(flag, "pattern", (error as Error).message);
    }
  }
}
