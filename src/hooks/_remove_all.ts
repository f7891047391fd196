import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { toVfsError, VfsError } from "../fs/error.ts";
import { isDirectory } from "../fs/mode.ts";
import { joinPath } from "../fs/path.ts";
import { EFFECTS, REMOVE_BELOW } from "./_effects.ts";
import type { Guard } from "./_guard.ts";
import { judge } from "./_judge.ts";
import { Operation } from "./_operation.ts";
import { runTask, type Task, wait } from "./_task.ts";

/** Removes a tree: at one go where no rule can be about anything in it, else name by name. */
export function removeAllBelow(
  guard: Guard,
  path: string,
  context: OpContext | undefined,
): Awaitable<void> {
  const removeAtOnce = (each: string) =>
    andThen(guard.inner.removeAll(each, context), () => guard.names.removed(each));
  const table = guard.core.table("remove_all");
  if (table === undefined) return removeAtOnce(path);
  const o = guard.operation(table, "remove_all", path, context);
  const remove = function* (): Task<void> {
    if (yield* isGuarded(guard, o)) yield* new Removal(guard, o, context).remove();
    else yield* wait(removeAtOnce(o.path));
  };
  return guard.run(o, EFFECTS.remove_all, () => runTask(remove()));
}

/** Whether something in a tree may be protected: by where it is, or by another name that it has. */
function* isGuarded(guard: Guard, { path, table }: Operation): Task<boolean> {
  const { policies, identity } = table;
  if (policies.some(({ globs }) => globs?.some((glob) => glob.placesAt(path) !== 0) ?? true)) {
    return true;
  }
  if (!identity) return false;
  yield* guard.scan();
  return guard.names.hasShared;
}

/**
 * The removal of a tree in which something may be protected. It removes what it may, as `rm -rf`
 * does, and fails for the first thing that it may not.
 */
class Removal {
  readonly #guard: Guard;
  readonly #o: Operation;
  readonly #context: OpContext | undefined;
  #error: VfsError | undefined;
  #rule: string | undefined;

  constructor(guard: Guard, o: Operation, context: OpContext | undefined) {
    this.#guard = guard;
    this.#o = o;
    this.#context = context;
  }

  *remove(): Task<void> {
    const { path } = this.#o;
    const info = yield* wait(this.#guard.inner.lookup(path));
    if (info === undefined) return;
    if (isDirectory(info.mode)) yield* this.#removeTree(path);
    else yield* this.#removeName(path, "unlink");
    if (this.#error === undefined) return;
    if (this.#rule !== undefined) this.#o.refuse(this.#error, this.#rule);
    throw this.#error;
  }

  *#removeTree(top: string): Task<void> {
    const directories = [top];
    // Parents come before their children in the list, so it is emptied from its end.
    for (let i = 0; i < directories.length; i++) {
      const directory = directories[i]!;
      for (const entry of yield* wait(this.#guard.inner.readDir(directory))) {
        const child = joinPath(directory, entry.name);
        if (isDirectory(entry.mode)) directories.push(child);
        else yield* this.#removeName(child, "unlink");
      }
    }
    for (const directory of directories.reverse()) {
      if (directory !== "/") yield* this.#removeName(directory, "rmdir");
    }
  }

  *#removeName(path: string, how: "unlink" | "rmdir"): Task<void> {
    const { table, context, id } = this.#o;
    const each = new Operation(this.#guard, table, "remove_all", path, undefined, context, id);
    // A file is kept by any of its names; a directory has one.
    if (how === "unlink") yield* this.#guard.identify(each);
    const isDone = yield* judge(each, REMOVE_BELOW[how]);
    if (each.error !== undefined || !isDone) {
      return this.#keep(each.error ?? new VfsError("EIO", path), each.rule);
    }
    try {
      yield* wait(this.#guard.inner[how](path, this.#context));
      this.#guard.names.removed(path);
    } catch (error) {
      this.#keep(toVfsError(error, path), undefined);
    }
  }

  /** Something stays. What is hidden says nothing: its directory will not be empty. */
  #keep(error: VfsError, rule: string | undefined): void {
    if (error.code === "ENOENT") return;
    // That a directory is not empty follows from what stayed in it.
    if (this.#error !== undefined && error.code === "ENOTEMPTY") return;
    this.#error ??= error;
    this.#rule ??= rule;
  }
}
