import type { Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import { RENAME_EXCHANGE } from "../fs/flags.ts";
import { isDirectory } from "../fs/mode.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import { type Effect, EFFECTS, EXCHANGE, RENAME_OVER } from "./_effects.ts";
import { type Guard, mayConcern } from "./_guard.ts";
import { judge } from "./_judge.ts";
import { Operation } from "./_operation.ts";
import { listBelow } from "./_subtree.ts";
import { runTask, type Task, wait } from "./_task.ts";

/** Gives something another name, or exchanges two names. */
export function renameName(
  guard: Guard,
  from: string,
  to: string,
  flags: number,
  context: OpContext | undefined,
): Awaitable<void> {
  const table = guard.core.table("rename");
  if (table === undefined) return runTask(rename(guard, from, to, flags, context));
  const o = guard.operation(table, "rename", from, context, to);
  o.flags = flags;
  const findEffects = function* (): Task<readonly Effect[]> {
    yield* guard.identify(o);
    if ((o.flags & RENAME_EXCHANGE) !== 0) return EXCHANGE;
    const replaced = table.policies.length > 0 && (yield* guard.lookup(o.newPath!)) !== undefined;
    return replaced ? RENAME_OVER : EFFECTS.rename;
  };
  return guard.run(o, findEffects, () => runTask(renameJudged(guard, o, context)));
}

function* renameJudged(
  guard: Guard,
  o: Operation,
  context: OpContext | undefined,
): Task<void> {
  const from = o.path;
  const to = o.newPath!;
  yield* judgeBelow(guard, o, from, to);
  if ((o.flags & RENAME_EXCHANGE) !== 0) yield* judgeBelow(guard, o, to, from);
  if (o.error !== undefined) throw o.error;
  yield* rename(guard, from, to, o.flags, context);
}

/**
 * Judges the rename of a directory for everything below it, unless every rule treats what is below
 * the new name exactly like what is below the old one.
 */
function* judgeBelow(guard: Guard, o: Operation, from: string, to: string): Task<void> {
  if (o.error !== undefined) return;
  const hooks = o.table.policies.filter((hook) => tellsApart(hook, from, to));
  if (hooks.length === 0) return;
  const info = yield* guard.lookup(from);
  if (info === undefined || !isDirectory(info.mode)) return;
  const { walkLimit } = guard.core.settings;
  const there = (path: string) => to + path.slice(from.length);
  let seen = 0;
  yield* listBelow(
    guard.inner,
    from,
    (path) => hooks.some((hook) => mayConcernBelow(hook, path, there(path))),
    function* (path): Task<boolean> {
      if (++seen > walkLimit) {
        // Programs that are told EXDEV copy, file by file, and each is judged by itself.
        o.refuse(new VfsError("EXDEV", from), undefined);
      } else if (hooks.some((hook) => mayConcern(hook, path) || mayConcern(hook, there(path)))) {
        yield* judgeOne(guard, o, path, there(path));
      }
      return o.error === undefined;
    },
  );
}

function* judgeOne(guard: Guard, o: Operation, path: string, newPath: string): Task<void> {
  const each = new Operation(guard, o.table, "rename", path, newPath, o.context, o.id);
  each.flags = o.flags;
  const isDone = yield* judge(each, EFFECTS.rename);
  // One name of many cannot go elsewhere.
  if (!isDone) return o.refuse(new VfsError("EXDEV", path), each.rule);
  const { error } = each;
  if (error === undefined) return;
  // That something hidden is in there is not to be known; that it cannot be moved has to be.
  o.refuse(error.code === "ENOENT" ? new VfsError("EACCES", o.path) : error, each.rule);
}

/** Whether a hook can judge something below one directory otherwise than below the other. */
function tellsApart(hook: CompiledHook, from: string, to: string): boolean {
  if (hook.matcher !== undefined) return true;
  return hook.globs !== undefined &&
    hook.globs.some((glob) => glob.placesAt(from) !== glob.placesAt(to));
}

function mayConcernBelow(hook: CompiledHook, path: string, newPath: string): boolean {
  return hook.globs === undefined ||
    hook.globs.some((glob) => glob.mayMatchBelow(path) || glob.mayMatchBelow(newPath));
}

/** Renames, and remembers what is called what. */
function* rename(
  guard: Guard,
  from: string,
  to: string,
  flags: number,
  context: OpContext | undefined,
): Task<void> {
  const { names, inner } = guard;
  const exchanges = (flags & RENAME_EXCHANGE) !== 0;
  const isNoRename = yield* noteSharedNames(guard, from, to, exchanges);
  yield* wait(inner.rename(from, to, flags, context));
  if (exchanges) names.exchanged(from, to);
  else if (!isNoRename) names.renamed(from, to);
}

/** Learns of files with several names before one is renamed. Two names of one file stay as they are. */
function* noteSharedNames(
  guard: Guard,
  from: string,
  to: string,
  exchanges: boolean,
): Task<boolean> {
  const { names, core } = guard;
  const matters = core.table("rename")?.identity === true ||
    names.fileAt(from) !== undefined || names.fileAt(to) !== undefined;
  if (!matters) return false;
  const source = yield* guard.lookup(from);
  const target = yield* guard.lookup(to);
  if (source !== undefined && guard.mayHaveOtherNames(source)) names.named(from, source.ino, true);
  if (exchanges && target !== undefined && guard.mayHaveOtherNames(target)) {
    names.named(to, target.ino, true);
  }
  return source !== undefined && source.ino === target?.ino && guard.mayHaveOtherNames(source);
}

/** Gives another name to a file, and remembers that it is the same file. */
export function linkFile(
  guard: Guard,
  existing: string,
  path: string,
  context: OpContext | undefined,
): Awaitable<void> {
  const o = guard.begin("link", existing, context, path);
  if (o === undefined) return runTask(link(guard, existing, path, context));
  return guard.run(o, EFFECTS.link, () => runTask(link(guard, o.path, o.newPath!, context)));
}

function* link(
  guard: Guard,
  existing: string,
  path: string,
  context: OpContext | undefined,
): Task<void> {
  yield* wait(guard.inner.link(existing, path, context));
  const info = yield* guard.lookup(path);
  if (info === undefined) return;
  guard.names.named(existing, info.ino, true);
  guard.names.named(path, info.ino, true);
}
