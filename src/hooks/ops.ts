/** The operations that hooks tell apart, under the names that rules and events use. */
export const HOOK_OPS = [
  "stat",
  "readdir",
  "open",
  "create",
  "mkdir",
  "chmod",
  "remove",
  "remove_all",
  "rename",
  "symlink",
  "readlink",
  "read",
  "write",
  "close",
  "sync",
  "truncate",
  "unlink",
  "rmdir",
  "link",
  "mknod",
  "chown",
  "utimes",
  "statfs",
  "getxattr",
  "setxattr",
  "listxattr",
  "removexattr",
  "allocate",
  "copy",
  "lock",
] as const;

/** One operation, for instance `"write"`. */
export type HookOp = typeof HOOK_OPS[number];

/** The operations that change the tree or a file. `open` is not among them: it depends on its flags. */
export const CHANGE_OPS: readonly HookOp[] = [
  "create",
  "mkdir",
  "chmod",
  "remove",
  "remove_all",
  "rename",
  "symlink",
  "write",
  "truncate",
  "unlink",
  "rmdir",
  "link",
  "mknod",
  "chown",
  "utimes",
  "setxattr",
  "removexattr",
  "allocate",
];

/** The operations that can be refused: all but `close`, which has to free what it holds. */
export const POLICY_OPS: readonly HookOp[] = HOOK_OPS.filter((op) => op !== "close");

/**
 * Tells whether a text names an operation.
 *
 * @param name Any value.
 * @returns Whether it is one of {@link HOOK_OPS}.
 *
 * @example
 * ```ts
 * import { isHookOp } from "@vfs/server/core";
 *
 * console.log(isHookOp("write"), isHookOp("wirte")); // true false
 * ```
 */
export function isHookOp(name: unknown): name is HookOp {
  return (HOOK_OPS as readonly unknown[]).includes(name);
}
