import { FALLOC_FL_INSERT_RANGE, FALLOC_FL_KEEP_SIZE, O_APPEND } from "../../fs/flags.ts";
import { isDirectory } from "../../fs/mode.ts";
import type { Provider } from "../../fs/provider.ts";
import { listBelow } from "../_subtree.ts";
import { type Task, wait } from "../_task.ts";
import type { Glob } from "../glob.ts";
import type { HookRequest, HookResult } from "../request.ts";

/** Room that is taken, or that there is. */
export interface Room {
  readonly bytes: number;
  readonly files: number;
}

const NONE: Room = { bytes: 0, files: 0 };

/**
 * Counts what a part of a tree holds. The count may be too high at times, never too low: before an
 * operation is refused, what is really there is counted, if that can have become less.
 */
export class QuotaMeter {
  readonly #globs: readonly Glob[];
  readonly #limit: Room;
  #bytes = 0;
  #files = 0;
  /** Whether what is there may be less than what was counted, or was never counted. */
  #isStale = true;
  #isCounted = false;
  /** What operations that are under way may take. */
  readonly #pending = new Map<number, Room>();

  constructor(globs: readonly Glob[], limit: Room) {
    this.#globs = globs;
    this.#limit = limit;
  }

  /** Takes the room that an operation needs; tells whether there is as much. */
  *take(request: HookRequest, inner: Provider): Task<boolean> {
    if (request.op !== request.cause || this.#pending.has(request.id)) return true;
    if (!this.#isCounted) yield* this.#count(inner);
    const need = yield* this.#need(request, inner);
    if (need === NONE) return true;
    if (!this.#fits(need) && this.#isStale) yield* this.#count(inner);
    if (!this.#fits(need)) return false;
    this.#pending.set(request.id, need);
    return true;
  }

  /** Notes how an operation ended. */
  settle(request: HookRequest, { outcome }: HookResult): void {
    const need = this.#pending.get(request.id);
    this.#pending.delete(request.id);
    if (need === undefined) {
      this.#isStale = true;
      return;
    }
    if (outcome === "blocked" || outcome === "failed") return;
    this.#bytes += need.bytes;
    this.#files += need.files;
    // What replaces something, or overwrites part of it, needed less than it could have.
    this.#isStale ||= request.op !== "write";
  }

  #fits(need: Room): boolean {
    let { bytes, files } = need;
    for (const room of this.#pending.values()) {
      bytes += room.bytes;
      files += room.files;
    }
    return (need.bytes === 0 || this.#bytes + bytes <= this.#limit.bytes) &&
      (need.files === 0 || this.#files + files <= this.#limit.files);
  }

  #covers(path: string | undefined): boolean {
    return path !== undefined && this.#globs.some((glob) => glob.matches(path));
  }

  /** The most that an operation can add. */
  *#need(request: HookRequest, inner: Provider): Task<Room> {
    const { op, offset, size, flags, newPath } = request;
    switch (op) {
      case "write": {
        const now = yield* this.#sizeOf(request);
        const end = (flags & O_APPEND) !== 0 ? now + size : offset + size;
        return end > now ? { bytes: end - now, files: 0 } : NONE;
      }
      case "truncate": {
        const now = yield* this.#sizeOf(request);
        return offset > now ? { bytes: offset - now, files: 0 } : NONE;
      }
      case "allocate": {
        if ((flags & FALLOC_FL_INSERT_RANGE) !== 0) return { bytes: size, files: 0 };
        const now = yield* this.#sizeOf(request);
        const grows = (flags & FALLOC_FL_KEEP_SIZE) === 0 && offset + size > now;
        return grows ? { bytes: offset + size - now, files: 0 } : NONE;
      }
      case "copy": {
        if (!this.#covers(newPath)) return NONE;
        const there = (yield* this.#sizeOf(request)) - offset;
        return { bytes: Math.max(0, Math.min(size, there)), files: 0 };
      }
      case "create":
      case "mkdir":
      case "mknod":
      case "symlink":
        return { bytes: 0, files: 1 };
      case "link":
        if (!this.#covers(newPath)) return NONE;
        return { bytes: yield* this.#sizeOf(request), files: 1 };
      case "rename":
        if (!this.#covers(newPath) || this.#covers(request.path)) return NONE;
        return yield* measure(inner, request.path, () => true, () => true);
      default:
        return NONE;
    }
  }

  *#sizeOf(request: HookRequest): Task<number> {
    return (yield* wait(request.stat()))?.size ?? 0;
  }

  *#count(inner: Provider): Task<void> {
    this.#isStale = false;
    const { bytes, files } = yield* measure(
      inner,
      "/",
      (path) => this.#globs.some((glob) => glob.mayMatchBelow(path)),
      (path) => this.#covers(path),
    );
    this.#isCounted = true;
    this.#bytes = bytes;
    this.#files = files;
  }
}

/** Adds up what a path and everything below it holds. */
function* measure(
  inner: Provider,
  top: string,
  enter: (path: string) => boolean,
  counts: (path: string) => boolean,
): Task<Room> {
  let bytes = 0;
  let files = 0;
  const add = function* (path: string): Task<boolean> {
    if (!counts(path)) return true;
    const info = yield* wait(inner.lookup(path));
    if (info === undefined) return true;
    files++;
    if (!isDirectory(info.mode)) bytes += info.size;
    return true;
  };
  if (top !== "/") yield* add(top);
  yield* listBelow(inner, top, enter, add);
  return { bytes, files };
}
