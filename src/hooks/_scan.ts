import type { CompiledHook } from "./_compiled_hook.ts";
import type { Guard } from "./_guard.ts";
import { isAboutNames } from "./_hook_core.ts";
import { listBelow } from "./_subtree.ts";
import type { Task } from "./_task.ts";

/**
 * Looks for files with several names of which a rule is about one, so that the others are known for
 * what they are. It is done once, when the first file with several names is met; links that are
 * made by way of the provider are known from the start.
 *
 * @param ino A file that is looked for as well, whose protected name may be the last that it has.
 */
export function* scanShared(guard: Guard, ino?: bigint): Task<void> {
  const hooks = guard.core.hooks.filter((hook) => isPolicy(hook) && isAboutNames(hook));
  yield* listBelow(
    guard.inner,
    "/",
    (path) => hooks.some((hook) => hook.globs?.some((glob) => glob.mayMatchBelow(path)) ?? true),
    function* (path, isDirectory): Task<boolean> {
      if (isDirectory) return true;
      if (!hooks.some((hook) => hook.globs?.some((glob) => glob.matches(path)) ?? true)) {
        return true;
      }
      const info = yield* guard.lookup(path);
      if (info !== undefined && (info.nlink > 1 || info.ino === ino)) {
        guard.names.named(path, info.ino, true);
      }
      return true;
    },
  );
}

function isPolicy(hook: CompiledHook): boolean {
  return hook.before !== undefined || hook.decision !== undefined;
}
