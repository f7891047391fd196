import { andThen, type Awaitable, isPromiseLike } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { VfsError } from "../fs/error.ts";
import { FALLOC_FL_KEEP_SIZE, SEEK_CUR, SEEK_SET } from "../fs/flags.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirPageEntry, FileInfo } from "../fs/info.ts";
import type { FileLock } from "../fs/lock.ts";
import type { TimeChange } from "../fs/time.ts";
import { ALLOCATE_OVER, EFFECTS } from "./_effects.ts";
import type { Guard } from "./_guard.ts";
import { HandleGuard } from "./_handle_guard.ts";
import { listVisible } from "./_listing.ts";
import type { Operation } from "./_operation.ts";
import type { TransformHandle } from "./_transform_handle.ts";
import { runTask, type Task, wait } from "./_task.ts";
import type { HookOp } from "./ops.ts";

/** The fewest entries that are asked for at a time, so that a directory of hidden ones is soon read. */
const PAGE = 64;

/** An open file whose operations are judged by the names that the file has at that moment. */
export class InterceptHandle implements Handle {
  readonly #inner: Handle;
  readonly #judge: HandleGuard;
  #isClosed = false;

  constructor(guard: Guard, inner: Handle, path: string, flags: number) {
    this.#inner = inner;
    this.#judge = new HandleGuard(guard, inner, path, flags);
  }

  readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    const o = this.#judge.begin("read", context);
    if (o === undefined) return this.#inner.readAt(buffer, offset, context);
    o.offset = offset;
    return runTask(
      this.#readSteps(o, buffer, context, () => this.#inner.readAt(buffer, o.offset, context)),
    );
  }

  read(buffer: Uint8Array, context?: OpContext): Awaitable<number> {
    const o = this.#judge.begin("read", context);
    if (o === undefined) return this.#inner.read(buffer, context);
    return andThen(this.#inner.seek(0, SEEK_CUR, context), (position) => {
      o.offset = position;
      return runTask(
        this.#readSteps(
          o,
          buffer,
          context,
          () => this.#at(o, position, context, () => this.#inner.read(buffer, context)),
          true,
        ),
      );
    });
  }

  *#readSteps(
    o: Operation,
    buffer: Uint8Array,
    context: OpContext | undefined,
    read: () => Awaitable<number>,
    moves = false,
  ): Task<number> {
    o.size = buffer.length;
    markMutated(o, (this.#inner as Partial<TransformHandle>).readRule);
    const result = yield* wait(this.#judge.run<number | Uint8Array>(o, EFFECTS.read, read));
    if (typeof result === "number") return result;
    buffer.set(result);
    if (moves) yield* wait(this.#inner.seek(result.length, SEEK_CUR, context));
    return result.length;
  }

  writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    const o = this.#judge.begin("write", context);
    if (o === undefined) return this.#inner.writeAt(data, offset, context);
    o.offset = offset;
    return this.#write(o, data, () => this.#inner.writeAt(o.data!, o.offset, context));
  }

  write(data: Uint8Array, context?: OpContext): Awaitable<number> {
    const o = this.#judge.begin("write", context);
    if (o === undefined) return this.#inner.write(data, context);
    return andThen(this.#inner.seek(0, SEEK_CUR, context), (position) => {
      o.offset = position;
      return this.#write(
        o,
        data,
        () => this.#at(o, position, context, () => this.#inner.write(o.data!, context)),
      );
    });
  }

  #write(o: Operation, data: Uint8Array, write: () => Awaitable<number>): Awaitable<number> {
    o.size = data.length;
    o.data = data;
    markMutated(o, (this.#inner as Partial<TransformHandle>).writeRule);
    return this.#judge.run(o, EFFECTS.write, write);
  }

  /** Goes to where a hook sent the operation, if one did. */
  #at(
    o: Operation,
    position: number,
    context: OpContext | undefined,
    act: () => Awaitable<number>,
  ): Awaitable<number> {
    if (o.offset === position) return act();
    return andThen(this.#inner.seek(o.offset, SEEK_SET, context), act);
  }

  seek(offset: number, whence: number, context?: OpContext): Awaitable<number> {
    return this.#inner.seek(offset, whence, context);
  }

  /** Does what hooks can change nothing of. */
  #do<T>(op: HookOp, context: OpContext | undefined, act: () => Awaitable<T>): Awaitable<T> {
    const o = this.#judge.begin(op, context);
    return o === undefined ? act() : this.#judge.run(o, EFFECTS[op], act);
  }

  stat(context?: OpContext): Awaitable<FileInfo> {
    return this.#do("stat", context, () => this.#inner.stat(context));
  }

  readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    return this.#do(
      "readdir",
      context,
      () => runTask(this.#readPage(cursor, limit, plus, context)),
    );
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
      const [directory] = this.#judge.names;
      const entries = yield* wait(listVisible(this.#judge.guard, directory!, plus, context, list));
      if (entries.length > 0 || last === undefined) return entries.slice(0, limit);
      at = last.cursor;
    }
  }

  truncate(size: number, context?: OpContext): Awaitable<void> {
    const o = this.#judge.begin("truncate", context);
    if (o === undefined) return this.#inner.truncate(size, context);
    o.offset = size;
    return this.#judge.run(o, EFFECTS.truncate, () => this.#inner.truncate(o.offset, context));
  }

  sync(context?: OpContext): Awaitable<void> {
    return this.#do("sync", context, () => this.#inner.sync(context));
  }

  datasync(context?: OpContext): Awaitable<void> {
    return this.#do("sync", context, () => this.#inner.datasync(context));
  }

  chmod(mode: number, context?: OpContext): Awaitable<void> {
    const o = this.#judge.begin("chmod", context);
    if (o === undefined) return this.#inner.chmod(mode, context);
    o.mode = mode;
    return this.#judge.run(o, EFFECTS.chmod, () => this.#inner.chmod(o.mode, context));
  }

  chown(uid: number, gid: number, context?: OpContext): Awaitable<void> {
    const o = this.#judge.begin("chown", context);
    if (o === undefined) return this.#inner.chown(uid, gid, context);
    o.newUid = uid;
    o.newGid = gid;
    return this.#judge.run(o, EFFECTS.chown, () => this.#inner.chown(uid, gid, context));
  }

  utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): Awaitable<void> {
    return this.#do("utimes", context, () => this.#inner.utimes(atime, mtime, context));
  }

  allocate(
    mode: number,
    offset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<void> {
    const o = this.#judge.begin("allocate", context);
    if (o === undefined) return this.#inner.allocate(mode, offset, length, context);
    o.flags = mode;
    o.offset = offset;
    o.size = length;
    const destroys = (mode & ~FALLOC_FL_KEEP_SIZE) !== 0;
    return this.#judge.run(
      o,
      destroys ? ALLOCATE_OVER : EFFECTS.allocate,
      () => this.#inner.allocate(mode, offset, length, context),
    );
  }

  // Where the data is tells something of the data: finding out is reading.

  seekData(offset: number, context?: OpContext): Awaitable<number> {
    return this.#search(offset, context, () => this.#inner.seekData(offset, context));
  }

  seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return this.#search(offset, context, () => this.#inner.seekHole(offset, context));
  }

  #search(
    offset: number,
    context: OpContext | undefined,
    search: () => Awaitable<number>,
  ): Awaitable<number> {
    const o = this.#judge.begin("read", context);
    if (o === undefined) return search();
    o.offset = offset;
    return runTask(this.#searchSteps(o, search));
  }

  *#searchSteps(o: Operation, search: () => Awaitable<number>): Task<number> {
    const found = yield* wait(this.#judge.run<unknown>(o, EFFECTS.read, search));
    // A hook that gives the bytes itself leaves nothing to be found in the file.
    if (typeof found !== "number") throw new VfsError("ENXIO", o.path);
    return found;
  }

  copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    // Any other handle is another provider's; the one behind this will say so. That of another view
    // of the same tree has other rules, which nobody would ask.
    if (!(target instanceof InterceptHandle) || target.#judge.guard !== this.#judge.guard) {
      return this.#inner.copyRange(offset, target, targetOffset, length, context);
    }
    const copy = () => this.#inner.copyRange(offset, target.#inner, targetOffset, length, context);
    const o = this.#judge.begin("copy", context) ?? target.#judge.begin("copy", context);
    if (o === undefined) return copy();
    // That no rule is about one of the two files says nothing of the other.
    o.isJudged = false;
    o.path = this.#judge.names[0]!;
    o.newPath = target.#judge.names[0];
    o.offset = offset;
    o.size = length;
    return this.#judge.run(o, EFFECTS.copy, copy, target.#judge);
  }

  lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void> {
    return this.#do("lock", context, () => this.#inner.lock(lock, wait, context));
  }

  getLock(lock: FileLock, context?: OpContext): Awaitable<FileLock | undefined> {
    return this.#do("lock", context, () => this.#inner.getLock(lock, context));
  }

  close(context?: OpContext): Awaitable<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    return this.#do("close", context, () => {
      this.#judge.release();
      return this.#inner.close(context);
    });
  }
}

/** What is transformed ends as such, unless it does not happen at all. */
function markMutated(o: Operation, rule: string | undefined): void {
  if (rule === undefined) return;
  o.outcome = "mutated";
  o.rule = rule;
}
