import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import { toVfsError } from "../fs/error.ts";
import { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_TMPFILE, O_TRUNC } from "../fs/flags.ts";
import type { Handle } from "../fs/handle.ts";
import type { FileInfo } from "../fs/info.ts";
import { isRegularFile } from "../fs/mode.ts";
import { CREATE_EXISTING, type Effect, EFFECTS, OPEN_TRUNCATE } from "./_effects.ts";
import type { Guard } from "./_guard.ts";
import { InterceptHandle } from "./_intercept_handle.ts";
import type { Operation } from "./_operation.ts";
import { runTask, type Task, wait } from "./_task.ts";

/** How often a file may come and go between the judgement of an open and the open itself. */
const ATTEMPTS = 8;

/** What an open may do depends on what is there: it is judged for that, and does no more. */
export function openFile(
  guard: Guard,
  op: "open" | "create",
  path: string,
  flags: number,
  mode: number,
  context: OpContext | undefined,
): Awaitable<Handle> {
  const o = guard.begin(op, path, context);
  if (o === undefined) {
    const opened = op === "create"
      ? guard.inner.create(path, mode, context)
      : guard.inner.open(path, flags, mode, context);
    return andThen(opened, (handle) => new InterceptHandle(guard, handle, path, flags));
  }
  o.flags = flags;
  o.mode = mode;
  // Whether it makes the file is to be told, even if there is nothing to be judged.
  o.isJudged = false;
  return new Opening(guard, o, op === "create", context).open();
}

/** Opens a directory: it is opened, and it is listed. */
export function openDirectory(
  guard: Guard,
  path: string,
  context: OpContext | undefined,
): Awaitable<Handle> {
  const open = (directory: string) =>
    andThen(
      guard.inner.openDir(directory, context),
      (handle) => new InterceptHandle(guard, handle, directory, O_DIRECTORY),
    );
  const o = guard.begin("open", path, context);
  const listing = guard.begin("readdir", path, context);
  if (o === undefined && listing === undefined) return open(path);
  // What is told of is the open; whether the directory may be listed is asked as well.
  const table = guard.core.table("open") ?? listing!.table;
  const opening = o ?? guard.operation(table, "open", path, context);
  opening.flags = O_RDONLY | O_DIRECTORY;
  // That no rule is about the open says nothing of the listing.
  opening.isJudged = false;
  const findEffects = function* (): Task<readonly Effect[]> {
    yield* guard.identify(opening);
    if (listing !== undefined) {
      listing.cause = "open";
      listing.path = opening.path;
      yield* guard.admit(listing, listEffects);
    }
    return EFFECTS.open;
  };
  const listEffects = function* (o: Operation): Task<readonly Effect[]> {
    yield* guard.identify(o);
    return EFFECTS.readdir;
  };
  return guard.run(opening, findEffects, () => open(opening.path));
}

/** An open on which somebody has an opinion. */
class Opening {
  readonly #guard: Guard;
  readonly #o: Operation;
  readonly #isCreate: boolean;
  readonly #context: OpContext | undefined;
  /** What was there when it was judged. */
  #info: FileInfo | undefined;

  constructor(guard: Guard, o: Operation, isCreate: boolean, context: OpContext | undefined) {
    this.#guard = guard;
    this.#o = o;
    this.#isCreate = isCreate;
    this.#context = context;
  }

  open(): Awaitable<Handle> {
    return this.#guard.run(this.#o, () => this.#findEffects(), () => runTask(this.#act()));
  }

  /** Looks at what is there, and says what the open does to it. */
  *#findEffects(): Task<readonly Effect[]> {
    const o = this.#o;
    const { flags } = o;
    const isTemporary = (flags & O_TMPFILE) === O_TMPFILE;
    const mayCreate = (flags & O_CREAT) !== 0 && !isTemporary;
    this.#info = yield* this.#guard.identify(o);
    // Where other names do not matter, nobody has looked yet.
    if (mayCreate && !o.table.identity) this.#info = yield* this.#guard.lookup(o.path);
    const exists = this.#info !== undefined;
    const creates = isTemporary || (mayCreate && (!exists || (flags & O_EXCL) !== 0));
    o.op = creates || this.#isCreate ? "create" : "open";
    if (creates) return EFFECTS.create;
    o.truncates = (flags & O_TRUNC) !== 0;
    if (this.#isCreate) return CREATE_EXISTING;
    return o.truncates ? OPEN_TRUNCATE : EFFECTS.open;
  }

  *#act(): Task<Handle> {
    const o = this.#o;
    const { inner } = this.#guard;
    for (let attempt = 1;; attempt++) {
      const flags = this.#bindingFlags();
      try {
        const opened = inner.open(o.path, flags, o.mode, this.#context);
        const handle = yield* wait(opened);
        return new InterceptHandle(this.#guard, handle, o.path, o.flags);
      } catch (thrown) {
        const error = toVfsError(thrown);
        // Somebody made or removed the file since it was judged: what is done now is another thing.
        const isOther = (flags & O_EXCL) !== (o.flags & O_EXCL)
          ? error.code === "EEXIST"
          : flags !== o.flags && error.code === "ENOENT";
        if (!isOther || attempt === ATTEMPTS) throw error;
        yield* this.#guard.admit(o, () => this.#findEffects());
      }
    }
  }

  /** The flags that do what was judged, and fail where that would be something else. */
  #bindingFlags(): number {
    const { flags, table } = this.#o;
    const mayCreate = (flags & O_CREAT) !== 0 && (flags & O_TMPFILE) !== O_TMPFILE;
    if (!mayCreate || table.policies.length === 0 || (flags & O_EXCL) !== 0) return flags;
    if (this.#info === undefined) return flags | O_EXCL;
    return isRegularFile(this.#info.mode) ? flags & ~O_CREAT : flags;
  }
}
