import type { ErrnoCode } from "../../fs/errno.ts";
import { checkedHook } from "../_hook_spec.ts";
import { block } from "../decision.ts";
import type { CheckedHook } from "../hook.ts";
import { CHANGE_OPS } from "../ops.ts";
import { readOnly } from "./read_only.ts";

/** What makes git run programs, or look elsewhere for what does. */
const DANGEROUS: readonly string[] = [
  "hooks/**",
  "config",
  "config.worktree",
  "commondir",
  "gitdir",
  "info/attributes",
];

/** Where a repository keeps the repositories of its submodules and worktrees. */
const PLACES: readonly string[] = [".git", ".git/modules/**", ".git/worktrees/*"];

/** How to protect repositories. */
export interface ProtectGitOptions {
  /** What a change fails with (default `"EPERM"`). */
  readonly errno?: ErrnoCode;
}

/**
 * Keeps a guest from making git on the host run programs: the hooks and the configuration of every
 * repository cannot be changed, and no `.git` can be made that leads to another place. To read,
 * commit, fetch and switch branches goes on working; to clone or to begin a repository does not,
 * because that writes a configuration.
 *
 * Letters are taken for the same in both cases, as git does on some systems. A bare repository that
 * a guest makes under another name is beyond this: set `safe.bareRepository=explicit` on the host.
 *
 * @param options What a change fails with.
 * @returns The policy.
 *
 * @example
 * ```ts
 * import { HookEngine, protectGit } from "@vfs/server/core";
 *
 * const engine = new HookEngine([protectGit()]);
 * ```
 */
export function protectGit(options: ProtectGitOptions = {}): CheckedHook[] {
  const { errno = "EPERM" } = options;
  const patterns = PLACES.flatMap((place) => DANGEROUS.map((name) => `**/${place}/${name}`));
  return [
    ...readOnly(patterns, errno).map((hook) =>
      ({ ...hook, name: "protectGit", ignoreCase: true }) as CheckedHook
    ),
    checkedHook({
      name: "protectGit",
      // A directory is made with mkdir; all else that is called `.git` points somewhere.
      ops: CHANGE_OPS.filter((op) => GIT_FILE_OPS.has(op)),
      pathPattern: "**/.git",
      ignoreCase: true,
      targets: false,
      decision: block(errno),
    }),
  ];
}

const GIT_FILE_OPS: ReadonlySet<string> = new Set([
  "create",
  "mknod",
  "symlink",
  "link",
  "write",
  "truncate",
]);
