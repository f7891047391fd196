import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import { HOST_CONTEXT, type OpContext } from "../fs/context.ts";
import { toVfsError, VfsError } from "../fs/error.ts";
import type { FileInfo } from "../fs/info.ts";
import { isDirectory } from "../fs/mode.ts";
import type { Provider } from "../fs/provider.ts";
import type { CompiledHook } from "./_compiled_hook.ts";
import type { Effect } from "./_effects.ts";
import { finish } from "./_finish.ts";
import { depthOf } from "./_hook_context.ts";
import type { HookCore, OpTable } from "./_hook_core.ts";
import { judge, judgeByRules } from "./_judge.ts";
import { NameTree } from "./_name_tree.ts";
import { Operation, type Trees } from "./_operation.ts";
import { scanShared } from "./_scan.ts";
import { runTask, type Task, wait } from "./_task.ts";
import type { HookOp } from "./ops.ts";

/** What an operation does, or how to find out; it is found anew when a hook moved it elsewhere. */
export type Effects = readonly Effect[] | ((o: Operation) => Task<readonly Effect[]>);

/** What stands between the guests and a tree: shared by the intercepting provider and its handles. */
export class Guard implements Trees {
  readonly inner: Provider;
  readonly core: HookCore;
  /** The intercepting provider itself, for the hooks to use. */
  readonly provider: Provider;
  readonly names: NameTree = new NameTree();
  /** Whether the tree answers by promises. */
  #isSlow = false;
  #scanned = -1;
  #scan: Awaitable<void> | undefined;

  constructor(inner: Provider, core: HookCore, provider: Provider) {
    this.inner = inner;
    this.core = core;
    this.provider = provider;
  }

  /** The context of an operation: the hook's that is running, if nobody else asks for it. */
  caller(context: OpContext | undefined): OpContext {
    if (context !== undefined && context !== HOST_CONTEXT) return context;
    return this.core.running ?? HOST_CONTEXT;
  }

  /** Begins an operation; `undefined` if nothing looks at it, and it can simply be done. */
  begin(
    op: HookOp,
    path: string,
    context: OpContext | undefined,
    newPath?: string,
  ): Operation | undefined {
    const table = this.core.table(op);
    if (table === undefined) return undefined;
    const isQuiet = !isConcerned(table, path) &&
      (newPath === undefined || !isConcerned(table, newPath)) &&
      (!table.identity ||
        (this.#hasOneName(path) && (newPath === undefined || this.#hasOneName(newPath))));
    if (isQuiet && !table.listening) return undefined;
    const o = this.operation(table, op, path, context, newPath);
    o.isJudged = isQuiet;
    return o;
  }

  /** Whether it is plain to see that nothing has another name than this. */
  #hasOneName(path: string): boolean {
    if (this.#isSlow) return false;
    try {
      const info = this.inner.lookup(path);
      if (!isPromiseLike(info)) return info === undefined || !this.mayHaveOtherNames(info);
      // A provider that promises is asked once, by whoever goes on from here.
      this.#isSlow = true;
      info.then(undefined, () => {});
      return false;
    } catch {
      return true;
    }
  }

  operation(
    table: OpTable,
    op: HookOp,
    path: string,
    context: OpContext | undefined,
    newPath?: string,
  ): Operation {
    return new Operation(this, table, op, path, newPath, this.caller(context));
  }

  /** Does an operation: asks, acts, tells. */
  run<T>(o: Operation, effects: Effects, action: (o: Operation) => Awaitable<T>): Awaitable<T> {
    if (!o.isJudged && this.#judgeAtOnce(o, effects)) {
      return o.error === undefined ? this.#act(o, action) : this.#fail(o, o.error);
    }
    let admitted: Awaitable<void>;
    try {
      const isSettled = o.isJudged ||
        (o.table.policies.length === 0 && typeof effects !== "function");
      admitted = isSettled ? undefined : runTask(this.admit(o, effects));
    } catch (error) {
      return this.#fail(o, error);
    }
    return isPromiseLike(admitted)
      ? admitted.then(() => this.#act(o, action), (error) => this.#fail(o, error))
      : this.#act(o, action);
  }

  /** Has an operation judged at once, if that is possible; tells whether it was. */
  #judgeAtOnce(o: Operation, effects: Effects): boolean {
    const { table } = o;
    if (!table.isPlain || typeof effects === "function" || depthOf(o.context) > 0) return false;
    const hasOneName = o.handle !== undefined || !table.identity ||
      (this.#hasOneName(o.path) && o.newNames.every((name) => this.#hasOneName(name)));
    if (hasOneName) judgeByRules(o, effects);
    return hasOneName;
  }

  #act<T>(o: Operation, action: (o: Operation) => Awaitable<T>): Awaitable<T> {
    let result: Awaitable<T>;
    try {
      result = o.outcome === "answered" ? o.answer as T : action(o);
    } catch (error) {
      return this.#fail(o, error);
    }
    return isPromiseLike(result)
      ? result.then((value) => this.#succeed(o, value), (error) => this.#fail(o, error))
      : this.#succeed(o, result);
  }

  #succeed<T>(o: Operation, result: T): Awaitable<T> {
    if (o.size > 0) o.bytes = countBytes(result);
    const told = finish(o);
    return told === undefined ? result : told.then(() => result);
  }

  #fail(o: Operation, thrown: unknown): PromiseLike<never> {
    const error = toVfsError(thrown, o.path);
    if (o.error === undefined) {
      o.error = error;
      o.outcome = "failed";
    }
    const told = finish(o);
    if (told === undefined) throw error;
    return told.then(() => {
      throw error;
    });
  }

  /** Has an operation judged, and throws if it may not be. */
  *admit(o: Operation, effects: Effects): Task<void> {
    if (depthOf(o.context) > this.core.settings.maxDepth) {
      // Somebody who calls himself forever is stopped here, before the stack or the memory does it.
      o.refuse(new VfsError("EDEADLK", `hooks in hooks: ${o.path}`), undefined);
    } else {
      for (let isDone = false; !isDone;) {
        const found = typeof effects === "function" ? yield* effects(o) : effects;
        const isByPath = found === effects && o.handle === undefined;
        if (isByPath && o.table.identity) yield* this.identify(o);
        isDone = yield* judge(o, found);
      }
    }
    if (o.error !== undefined) throw o.error;
  }

  /** Finds all names of what an operation is about, where they matter. */
  *identify(o: Operation): Task<FileInfo | undefined> {
    const { path, newPath } = o;
    o.nameByPath();
    if (!o.table.identity) return undefined;
    const info = yield* this.lookup(path);
    if (info !== undefined) o.names = yield* this.namesOf(path, info);
    if (o.newNames.length > 0) {
      const other = yield* this.lookup(newPath!);
      if (other !== undefined) o.newNames = yield* this.namesOf(newPath!, other);
    }
    return info;
  }

  /** Asks past the hooks. Not to find out is left to the operation itself, which fails better. */
  *lookup(path: string): Task<FileInfo | undefined> {
    try {
      return yield* wait(this.inner.lookup(path));
    } catch {
      return undefined;
    }
  }

  /** Whether a file has other names: it says so, or it was given them where nobody counts. */
  mayHaveOtherNames({ nlink, mode, ino }: FileInfo): boolean {
    if (isDirectory(mode)) return false;
    return nlink > 1 || (this.names.hasShared && this.names.shared(ino) !== undefined);
  }

  /** All names that a file is known by, of which one is given. */
  *namesOf(path: string, info: FileInfo): Task<readonly string[]> {
    if (!this.mayHaveOtherNames(info)) return [path];
    yield* this.scan();
    const paths = this.names.shared(info.ino)?.paths(this.names.epoch) ?? [];
    return paths.includes(path) ? paths : [path, ...paths];
  }

  /** Looks once for the files with several names of which the rules protect one. */
  *scan(): Task<void> {
    while (this.#scanned !== this.core.ruleVersion) {
      const version = this.core.ruleVersion;
      this.#scan ??= runTask(scanShared(this));
      try {
        yield* wait(this.#scan);
        this.#scanned = version;
      } finally {
        this.#scan = undefined;
      }
    }
  }
}

function countBytes(result: unknown): number {
  if (typeof result === "number") return result;
  return result instanceof Uint8Array ? result.length : 0;
}

/** Whether a hook may have something to say about a path. */
export function isConcerned({ outline, policies, afters }: OpTable, path: string): boolean {
  if (outline?.test(path) === false) return false;
  for (const hook of policies) if (mayConcern(hook, path)) return true;
  for (const hook of afters) if (mayConcern(hook, path)) return true;
  return false;
}

export function mayConcern({ globs }: CompiledHook, path: string): boolean {
  if (globs === undefined) return true;
  for (const glob of globs) if (glob.matches(path)) return true;
  return false;
}
