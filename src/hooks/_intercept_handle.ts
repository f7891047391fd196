import { type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import { BaseHandle } from "../fs/base_handle.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import { FALLOC_FL_KEEP_SIZE } from "../fs/flags.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirPageEntry, FileInfo } from "../fs/info.ts";
import type { FileLock } from "../fs/lock.ts";
import type { TimeChange } from "../fs/time.ts";
import { ALLOCATE_OVER, type Effect, EFFECTS } from "./_effects.ts";
import { type Guard, mayConcern, mayHaveOtherNames } from "./_guard.ts";
import type { OpTable } from "./_hook_core.ts";
import { listVisible } from "./_listing.ts";
import { Operation } from "./_operation.ts";
import { runTask, type Task, wait } from "./_task.ts";
import type { TrackedFile } from "./_tracked_file.ts";
import { HOOK_OPS, type HookOp } from "./ops.ts";

/** The fewest entries that are asked for at a time, so that a directory of hidden ones is soon read. */
const PAGE = 64;

/** An open file whose operations are judged by the names that the file has at that moment. */
export class InterceptHandle extends BaseHandle {
  readonly #guard: Guard;
  readonly #inner: Handle;
  readonly #opened: TrackedFile;
  readonly #since: number;
  #isIdentified = false;
  #isClosed = false;
  /** The operations that are known to concern nobody, as bits, as long as nothing changes. */
  #quiet = 0;
  #quietVersion = -1;
  #quietEpoch = -1;

  constructor(guard: Guard, inner: Handle, path: string) {
    super();
    this.#guard = guard;
    this.#inner = inner;
    this.#opened = guard.names.opened(path);
    this.#since = guard.core.version;
  }

  get #file(): TrackedFile {
    return this.#opened.current();
  }

  get #names(): readonly string[] {
    return this.#file.paths(this.#guard.names.epoch);
  }

  /** Begins an operation; `undefined` if nothing looks at it. */
  #begin(op: HookOp, context: OpContext | undefined): Operation | undefined {
    const { core, names } = this.#guard;
    const table = core.table(op);
    if (table === undefined) return undefined;
    if (!table.listening && (this.#isIdentified || !table.identity)) {
      if (this.#quietVersion !== core.version || this.#quietEpoch !== names.epoch) {
        this.#quietVersion = core.version;
        this.#quietEpoch = names.epoch;
        this.#quiet = 0;
      }
      const bit = OP_BIT[op];
      if ((this.#quiet & bit) !== 0) return undefined;
      if (!this.#concernsAnybody(table)) {
        this.#quiet |= bit;
        return undefined;
      }
    }
    return this.#operation(table, op, context);
  }

  #concernsAnybody({ policies, afters }: OpTable): boolean {
    const names = this.#names;
    return policies.some((hook) => names.some((name) => mayConcern(hook, name))) ||
      afters.some((hook) => names.some((name) => mayConcern(hook, name)));
  }

  #operation(table: OpTable, op: HookOp, context: OpContext | undefined): Operation {
    const { core } = this.#guard;
    const path = this.#names[0]!;
    const o = new Operation(core, table, op, path, undefined, this.#guard.caller(context));
    o.since = this.#since;
    o.describe = () => this.#inner.stat();
    return o;
  }

  #run<T>(
    o: Operation,
    effects: readonly Effect[],
    action: () => Awaitable<T>,
    target?: InterceptHandle,
  ): Awaitable<T> {
    const findEffects = (o: Operation) => this.#findEffects(o, effects, target);
    return runTask(this.#guard.steps(o, findEffects, action));
  }

  *#findEffects(
    o: Operation,
    effects: readonly Effect[],
    target: InterceptHandle | undefined,
  ): Task<readonly Effect[]> {
    if (o.table.identity) {
      yield* this.#identify();
      if (target !== undefined) yield* target.#identify();
    }
    o.names = this.#names;
    if (target !== undefined) o.newNames = target.#names;
    return effects;
  }

  /** Finds out whether the file has other names, the first time that it matters. */
  *#identify(): Task<void> {
    if (this.#isIdentified) return;
    const { names } = this.#guard;
    const info = yield* wait(this.#inner.stat());
    if (mayHaveOtherNames(info)) {
      yield* this.#guard.scan();
      // Without a name any more there is none to add.
      if (this.#file.dentries.size > 0) names.named(this.#names[0]!, info.ino, false);
    }
    this.#isIdentified = true;
  }

  override readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    const o = this.#begin("read", context);
    if (o === undefined) return this.#inner.readAt(buffer, offset, context);
    o.offset = offset;
    o.size = buffer.length;
    return runTask(this.#readSteps(o, buffer, context));
  }

  *#readSteps(o: Operation, buffer: Uint8Array, context: OpContext | undefined): Task<number> {
    const result = yield* this.#guard.steps<number | Uint8Array>(
      o,
      (o) => this.#findEffects(o, EFFECTS.read, undefined),
      () => this.#inner.readAt(buffer, o.offset, context),
    );
    if (typeof result === "number") return result;
    buffer.set(result);
    return result.length;
  }

  override writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    const o = this.#begin("write", context);
    if (o === undefined) return this.#inner.writeAt(data, offset, context);
    o.offset = offset;
    o.size = data.length;
    o.data = data;
    return this.#run(
      o,
      EFFECTS.write,
      () => this.#inner.writeAt(o.data!, o.offset, context),
    );
  }

  override stat(context?: OpContext): Awaitable<FileInfo> {
    const o = this.#begin("stat", context);
    if (o === undefined) return this.#inner.stat(context);
    return this.#run(o, EFFECTS.stat, () => this.#inner.stat(context));
  }

  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    const o = this.#begin("readdir", context);
    const list = () => runTask(this.#readPage(cursor, limit, plus, context));
    return o === undefined ? list() : this.#run(o, EFFECTS.readdir, list);
  }

  /** An empty page means the end, so pages of which nothing is to be seen are passed over. */
  *#readPage(
    cursor: number,
    limit: number,
    plus: boolean,
    context: OpContext | undefined,
  ): Task<DirPageEntry[]> {
    for (let at = cursor, wanted = limit;; wanted = Math.max(limit, PAGE)) {
      let last: DirPageEntry | undefined;
      const list = (withInfo: boolean) => {
        const page = this.#inner.readDir(at, wanted, withInfo, context);
        const note = (entries: DirPageEntry[]) => {
          last = entries.at(-1);
          return entries;
        };
        return isPromiseLike(page) ? page.then(note) : note(page);
      };
      const [directory] = this.#names;
      const entries = yield* wait(listVisible(this.#guard, directory!, plus, context, list));
      if (entries.length > 0 || last === undefined) return entries.slice(0, limit);
      at = last.cursor;
    }
  }

  override truncate(size: number, context?: OpContext): Awaitable<void> {
    const o = this.#begin("truncate", context);
    if (o === undefined) return this.#inner.truncate(size, context);
    o.offset = size;
    return this.#run(o, EFFECTS.truncate, () => this.#inner.truncate(o.offset, context));
  }

  override sync(context?: OpContext): Awaitable<void> {
    const o = this.#begin("sync", context);
    if (o === undefined) return this.#inner.sync(context);
    return this.#run(o, EFFECTS.sync, () => this.#inner.sync(context));
  }

  override datasync(context?: OpContext): Awaitable<void> {
    const o = this.#begin("sync", context);
    if (o === undefined) return this.#inner.datasync(context);
    return this.#run(o, EFFECTS.sync, () => this.#inner.datasync(context));
  }

  override chmod(mode: number, context?: OpContext): Awaitable<void> {
    const o = this.#begin("chmod", context);
    if (o === undefined) return this.#inner.chmod(mode, context);
    o.mode = mode;
    return this.#run(o, EFFECTS.chmod, () => this.#inner.chmod(o.mode, context));
  }

  override chown(uid: number, gid: number, context?: OpContext): Awaitable<void> {
    const o = this.#begin("chown", context);
    if (o === undefined) return this.#inner.chown(uid, gid, context);
    o.newUid = uid;
    o.newGid = gid;
    return this.#run(o, EFFECTS.chown, () => this.#inner.chown(uid, gid, context));
  }

  override utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): Awaitable<void> {
    const o = this.#begin("utimes", context);
    if (o === undefined) return this.#inner.utimes(atime, mtime, context);
    return this.#run(o, EFFECTS.utimes, () => this.#inner.utimes(atime, mtime, context));
  }

  override allocate(
    mode: number,
    offset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<void> {
    const o = this.#begin("allocate", context);
    if (o === undefined) return this.#inner.allocate(mode, offset, length, context);
    o.flags = mode;
    o.offset = offset;
    o.size = length;
    const destroys = (mode & ~FALLOC_FL_KEEP_SIZE) !== 0;
    return this.#run(
      o,
      destroys ? ALLOCATE_OVER : EFFECTS.allocate,
      () => this.#inner.allocate(mode, offset, length, context),
    );
  }

  // Where the data is tells something of the data: finding out is reading.

  override seekData(offset: number, context?: OpContext): Awaitable<number> {
    return this.#search(offset, context, () => this.#inner.seekData(offset, context));
  }

  override seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return this.#search(offset, context, () => this.#inner.seekHole(offset, context));
  }

  #search(
    offset: number,
    context: OpContext | undefined,
    search: () => Awaitable<number>,
  ): Awaitable<number> {
    const o = this.#begin("read", context);
    if (o === undefined) return search();
    o.offset = offset;
    return runTask(this.#searchSteps(o, search));
  }

  *#searchSteps(o: Operation, search: () => Awaitable<number>): Task<number> {
    const found = yield* this.#guard.steps<unknown>(
      o,
      (o) => this.#findEffects(o, EFFECTS.read, undefined),
      search,
    );
    // A hook that gives the bytes itself leaves nothing to be found in the file.
    if (typeof found !== "number") throw new VfsError("ENXIO", o.path);
    return found;
  }

  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    // Any other handle is another provider's; the one behind this will say so.
    if (!(target instanceof InterceptHandle)) {
      return this.#inner.copyRange(offset, target, targetOffset, length, context);
    }
    const copy = () => this.#inner.copyRange(offset, target.#inner, targetOffset, length, context);
    const o = this.#begin("copy", context) ?? target.#begin("copy", context);
    if (o === undefined) return copy();
    o.path = this.#names[0]!;
    o.newPath = target.#names[0];
    o.offset = offset;
    o.size = length;
    return this.#run(o, EFFECTS.copy, copy, target);
  }

  override lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void> {
    const o = this.#begin("lock", context);
    if (o === undefined) return this.#inner.lock(lock, wait, context);
    return this.#run(o, EFFECTS.lock, () => this.#inner.lock(lock, wait, context));
  }

  override getLock(lock: FileLock, context?: OpContext): Awaitable<FileLock | undefined> {
    const o = this.#begin("lock", context);
    if (o === undefined) return this.#inner.getLock(lock, context);
    return this.#run(o, EFFECTS.lock, () => this.#inner.getLock(lock, context));
  }

  override close(context?: OpContext): Awaitable<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const o = this.#begin("close", context);
    const close = () => {
      this.#guard.names.closed(this.#file);
      return this.#inner.close(context);
    };
    return o === undefined ? close() : this.#run(o, EFFECTS.close, close);
  }
}

const OP_BIT = Object.fromEntries(HOOK_OPS.map((op, i) => [op, 1 << i])) as Record<HookOp, number>;
