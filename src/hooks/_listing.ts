import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { DirEntry, FileInfo } from "../fs/info.ts";
import { isDirectory } from "../fs/mode.ts";
import { joinPath } from "../fs/path.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import { EFFECTS } from "./_effects.ts";
import { type Guard, mayConcern } from "./_guard.ts";
import type { OpTable } from "./_hook_core.ts";
import { judge } from "./_judge.ts";
import { Operation } from "./_operation.ts";
import { runTask, type Task, wait } from "./_task.ts";

/**
 * Lists a directory as its guests may see it: without what is hidden, and without telling more of an
 * entry than a `stat` of it would.
 *
 * @param list Lists it past the hooks, with or without all that is known of each entry.
 */
export function listVisible<T extends DirEntry>(
  guard: Guard,
  directory: string,
  plus: boolean,
  context: OpContext | undefined,
  list: (plus: boolean) => Awaitable<T[]>,
): Awaitable<T[]> {
  const table = guard.core.table("stat");
  const hooks = table === undefined ? [] : hooksBelow(table, directory);
  // Another name of a protected file is anywhere, and only its link count gives it away: the name
  // of a hidden one is left out, and of others no more is told than a stat would.
  const looksForLinks = table !== undefined && table.identity &&
    (plus || table.policies.some(mayHide));
  if (table === undefined || (hooks.length === 0 && !looksForLinks)) return list(plus);
  return runTask(listSteps(guard, table, hooks, directory, plus, looksForLinks, context, list));
}

function hooksBelow(table: OpTable, directory: string): CompiledHook[] {
  return table.policies.filter((hook) =>
    hook.ops.has("stat") &&
    (hook.globs?.some((glob) => glob.mayMatchBelow(directory)) ?? true)
  );
}

function mayHide(hook: CompiledHook): boolean {
  return hook.decision === undefined || hook.decision.kind === "hide";
}

function* listSteps<T extends DirEntry>(
  guard: Guard,
  table: OpTable,
  hooks: readonly CompiledHook[],
  directory: string,
  plus: boolean,
  looksForLinks: boolean,
  context: OpContext | undefined,
  list: (plus: boolean) => Awaitable<T[]>,
): Task<T[]> {
  const visible: T[] = [];
  const hides = table.policies.some(mayHide);
  for (const entry of yield* wait(list(plus || looksForLinks))) {
    const path = joinPath(directory, entry.name);
    const seeks = looksForLinks && !isDirectory(entry.mode);
    // A tree that describes nothing in its listings has to be asked, or a hidden file shows up.
    const known = entry.info ?? (seeks && hides ? yield* guard.lookup(path) : undefined);
    const names = seeks && known !== undefined ? yield* guard.namesOf(path, known) : [path];
    if (names.length === 1 && !hooks.some((hook) => mayConcern(hook, path))) {
      visible.push(plus ? entry : withInfo(entry, undefined));
      continue;
    }
    const o = new Operation(guard, table, "stat", path, undefined, guard.caller(context));
    o.cause = "readdir";
    o.names = names;
    const isDone = yield* judge(o, EFFECTS.stat);
    if (o.error?.code === "ENOENT") continue;
    const info = o.outcome === "answered" ? o.answer as FileInfo : entry.info;
    const mayTell = plus && isDone && o.error === undefined;
    visible.push(withInfo(entry, mayTell ? info : undefined));
  }
  return visible;
}

function withInfo<T extends DirEntry>(entry: T, info: FileInfo | undefined): T {
  if (entry.info === info) return entry;
  const { info: _, ...rest } = entry;
  return (info === undefined ? rest : { ...rest, info }) as T;
}
