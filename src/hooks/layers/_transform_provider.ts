import { ForwardingHandle } from "../../fs/_forwarding_handle.ts";
import { andThen, type Awaitable } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import {
  canRead,
  canWrite,
  mayModify,
  O_ACCMODE,
  O_APPEND,
  O_NOATIME,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
} from "../../fs/flags.ts";
import type { Handle } from "../../fs/handle.ts";
import type { DirEntry, DirPageEntry, FileInfo } from "../../fs/info.ts";
import { isDirectory, isRegularFile } from "../../fs/mode.ts";
import { joinPath } from "../../fs/path.ts";
import type { Provider } from "../../fs/provider.ts";
import type { CompiledHook } from "../_compiled_hook.ts";
import type { NamedStream } from "../_layers.ts";
import { runTask, type Task, wait } from "../_task.ts";
import { ForwardingProvider } from "./_forwarding_provider.ts";
import { decodeAll, Stage } from "./_stage.ts";
import { StagedHandle } from "./_staged_handle.ts";

type StreamHook = CompiledHook & NamedStream;

/** What a file is transformed by. */
interface Transforms {
  readonly streams: readonly NamedStream[];
  readonly whole: CompiledHook | undefined;
}

/** For how many files the decoded size is remembered. */
const REMEMBERED_SIZES = 4096;

/** A tree whose files are transformed on their way. */
export class TransformProvider extends ForwardingProvider {
  readonly #inner: Provider;
  readonly #hooks: readonly CompiledHook[];
  /** The files that are open and transformed as a whole, by inode number. */
  readonly #stages = new Map<bigint, Stage>();
  /** The decoded sizes of files that are not open, by what the files were then. */
  readonly #sizes = new Map<string, number>();

  constructor(inner: Provider, hooks: readonly CompiledHook[]) {
    super();
    this.#inner = inner;
    this.#hooks = hooks;
  }

  override at(): Provider {
    return this.#inner;
  }

  #transforms(path: string): Transforms | undefined {
    const hooks = this.#hooks.filter((hook) => covers(hook, path));
    if (hooks.length === 0) return undefined;
    return {
      streams: hooks.filter((hook): hook is StreamHook => hook.stream !== undefined),
      whole: hooks.find(({ whole }) => whole !== undefined),
    };
  }

  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return andThen(this.#inner.stat(path, context), (info) => this.#seen(path, info, context));
  }

  override lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return andThen(
      this.#inner.lookup(path, context),
      (info) => info === undefined ? undefined : this.#seen(path, info, context),
    );
  }

  /** Makes the size the one that a reader finds. */
  #seen(path: string, info: FileInfo, context: OpContext | undefined): Awaitable<FileInfo> {
    if (!isRegularFile(info.mode)) return info;
    const stage = this.#stages.get(info.ino);
    if (stage?.isLoaded) return stage.view(info);
    const whole = this.#transforms(path)?.whole;
    if (whole?.whole?.decode === undefined || info.size === 0) return info;
    const { sec, nsec } = info.mtime;
    const key = `${info.ino}:${info.size}:${sec}:${nsec}`;
    const known = this.#sizes.get(key);
    if (known !== undefined) return withSize(info, known);
    return andThen(runTask(this.#decodedSize(path, whole, context)), (size) => {
      if (this.#sizes.size >= REMEMBERED_SIZES) this.#sizes.clear();
      this.#sizes.set(key, size);
      return withSize(info, size);
    });
  }

  *#decodedSize(
    path: string,
    hook: CompiledHook,
    context: OpContext | undefined,
  ): Task<number> {
    const handle = yield* wait(this.#inner.open(path, O_RDONLY | O_NOATIME, 0, context));
    try {
      return (yield* decodeAll(handle, path, hook, context)).length;
    } finally {
      yield* wait(handle.close(context));
    }
  }

  override readDir(path: string, plus = false, context?: OpContext): Awaitable<DirEntry[]> {
    const listing = this.#inner.readDir(path, plus, context);
    return plus ? andThen(listing, (entries) => this.#withoutSizes(path, entries)) : listing;
  }

  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return andThen(this.#inner.openDir(path, context), (handle) => this.#listed(handle, path));
  }

  #listed(handle: Handle, path: string): Handle {
    return new ListedHandle(handle, (entries) => this.#withoutSizes(path, entries));
  }

  /** Leaves out what would have to be decoded: who wants to know asks for the file by itself. */
  #withoutSizes<T extends DirEntry>(directory: string, entries: T[]): T[] {
    return entries.map((entry) => {
      if (entry.info === undefined || !isRegularFile(entry.mode)) return entry;
      const isSame = !this.#stages.has(entry.ino) &&
        this.#transforms(joinPath(directory, entry.name))?.whole === undefined;
      if (isSame) return entry;
      const { info: _, ...rest } = entry;
      return rest as T;
    });
  }

  override open(
    path: string,
    flags: number,
    mode = 0,
    context?: OpContext,
  ): Awaitable<Handle> {
    const transforms = this.#transforms(path);
    const isTemporary = (flags & O_TMPFILE) === O_TMPFILE;
    if (transforms === undefined || isTemporary || (flags & O_PATH) !== 0) {
      const opened = this.#inner.open(path, flags, mode, context);
      // What cannot be changed by it may be a directory, which is listed.
      return mayModify(flags) ? opened : andThen(opened, (handle) => this.#listed(handle, path));
    }
    return runTask(this.#openTransformed(path, flags, mode, transforms, context));
  }

  *#openTransformed(
    path: string,
    flags: number,
    mode: number,
    { streams, whole }: Transforms,
    context: OpContext | undefined,
  ): Task<Handle> {
    // The place of what is appended matters to a transformation, so it is found out before.
    let behind = flags & ~O_APPEND;
    const changes = canWrite(flags) || (flags & O_TRUNC) !== 0;
    if (whole !== undefined) {
      // What is written is stored when it is complete, and until then the old content is needed.
      behind &= ~O_TRUNC;
      // To read it for that is not what was asked for.
      if (!canRead(flags)) behind |= O_NOATIME;
      if (changes) behind = (behind & ~O_ACCMODE) | O_RDWR;
    }
    const handle = yield* wait(this.#inner.open(path, behind, mode, context));
    const info = yield* wait(handle.stat(context));
    if (isDirectory(info.mode)) return this.#listed(handle, path);
    const streamed =
      streams[0]?.stream.open(handle, whole === undefined ? flags : behind, streams) ?? handle;
    if (whole === undefined) return streamed;
    const stage = this.#stageFor(path, info.ino, whole);
    const staged = new StagedHandle(streamed, flags, stage, whole.name, () => {
      if (--stage.handles === 0) this.#stages.delete(info.ino);
    });
    if ((flags & O_TRUNC) !== 0 && info.size > 0) staged.clear();
    return staged;
  }

  #stageFor(path: string, ino: bigint, hook: CompiledHook): Stage {
    let stage = this.#stages.get(ino);
    if (stage === undefined) {
      stage = new Stage(path, hook);
      this.#stages.set(ino, stage);
    }
    stage.handles++;
    return stage;
  }

  override truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    if (this.#transforms(path) === undefined) return this.#inner.truncate(path, size, context);
    return andThen(
      this.#inner.stat(path, context),
      ({ mode }) =>
        isRegularFile(mode)
          ? runTask(this.#truncate(path, size, context))
          : this.#inner.truncate(path, size, context),
    );
  }

  *#truncate(path: string, size: number, context: OpContext | undefined): Task<void> {
    const handle = yield* wait(this.open(path, O_WRONLY, 0, context));
    try {
      yield* wait(handle.truncate(size, context));
    } finally {
      yield* wait(handle.close(context));
    }
  }

  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    if (!this.#isAlike(existing, path)) throw new VfsError("EXDEV", path);
    return this.#inner.link(existing, path, context);
  }

  /** A file cannot go where it is transformed otherwise; who is told EXDEV copies it. */
  override rename(
    from: string,
    to: string,
    flags?: number,
    context?: OpContext,
  ): Awaitable<void> {
    const rename = () => this.#inner.rename(from, to, flags, context);
    if (!this.#isAlike(from, to)) throw new VfsError("EXDEV", from);
    if (this.#isAlikeBelow(from, to)) return rename();
    return andThen(this.#inner.stat(from, context), (info) => {
      if (isDirectory(info.mode)) throw new VfsError("EXDEV", from);
      return rename();
    });
  }

  #isAlike(from: string, to: string): boolean {
    return this.#hooks.every((hook) => covers(hook, from) === covers(hook, to));
  }

  #isAlikeBelow(from: string, to: string): boolean {
    return this.#hooks.every((hook) =>
      hook.globs?.every((glob) => glob.placesAt(from) === glob.placesAt(to)) ?? true
    );
  }
}

function covers(hook: CompiledHook, path: string): boolean {
  return hook.globs?.some((glob) => glob.matches(path)) ?? true;
}

function withSize(info: FileInfo, size: number): FileInfo {
  return { ...info, size, blocks: Math.ceil(size / 512) };
}

/** An open directory whose pages are looked through. */
class ListedHandle extends ForwardingHandle {
  readonly #look: (entries: DirPageEntry[]) => DirPageEntry[];

  constructor(inner: Handle, look: (entries: DirPageEntry[]) => DirPageEntry[]) {
    super(inner);
    this.#look = look;
  }

  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    const page = this.inner.readDir(cursor, limit, plus, context);
    return plus ? andThen(page, this.#look) : page;
  }
}
