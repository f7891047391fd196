import { andThen, type Awaitable } from "../../src/fs/awaitable.ts";
import {
  BaseHandle,
  BaseProvider,
  type DirEntry,
  type FileInfo,
  type Handle,
  O_CREAT,
  O_RDWR,
  O_TRUNC,
  type OpContext,
  type Provider,
  type TimeChange,
  toVfsError,
} from "../../src/fs/mod.ts";
import type { HookEngine, InterceptProvider } from "../../src/hooks/mod.ts";
import { NaiveEngine, type NaiveRequest } from "./naive_engine.ts";
import type { Maker } from "./points/mod.ts";

/** What makes such an engine for the tests of the points. */
export const NAIVE: Maker = {
  engine: (hooks) => new NaiveEngine(hooks) as unknown as HookEngine,
  provider: (inner, engine) =>
    new NaiveInterceptProvider(
      inner,
      engine as unknown as NaiveEngine,
    ) as unknown as InterceptProvider,
};

/** A tree behind a {@link NaiveEngine}: a request goes by its name and the path it was made with. */
export class NaiveInterceptProvider extends BaseProvider {
  readonly #inner: Provider;
  readonly #engine: NaiveEngine;

  constructor(inner: Provider, engine: NaiveEngine) {
    super();
    this.#inner = inner;
    this.#engine = engine;
    engine.tree = this;
  }

  override get readonly(): boolean {
    return this.#inner.readonly;
  }

  #do<T>(
    fields: Partial<NaiveRequest>,
    context: OpContext | undefined,
    act: (request: NaiveRequest) => Awaitable<T>,
  ): Awaitable<T> {
    return through(this.#engine, requestBy(fields, context), act);
  }

  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return this.#do({ op: "stat", path }, context, (it) => this.#inner.stat(it.path, context));
  }

  override readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    return this.#do(
      { op: "readdir", path },
      context,
      (it) => this.#inner.readDir(it.path, plus, context),
    );
  }

  override open(path: string, flags: number, mode = 0, context?: OpContext): Awaitable<Handle> {
    // The one thing that it looks at beside the name.
    const op = (flags & O_CREAT) === 0 ? "open" : "create";
    return this.#do({ op, path, flags, mode }, context, (it) =>
      andThen(
        this.#inner.open(it.path, it.flags, it.mode, context),
        (handle) => new NaiveHandle(handle, this.#engine, it),
      ));
  }

  override create(path: string, mode: number, context?: OpContext): Awaitable<Handle> {
    return this.open(path, O_RDWR | O_CREAT | O_TRUNC, mode, context);
  }

  override mkdir(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "mkdir", path, mode },
      context,
      (it) => this.#inner.mkdir(it.path, it.mode, context),
    );
  }

  override chmod(path: string, mode: number, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "chmod", path, mode },
      context,
      (it) => this.#inner.chmod(it.path, it.mode, context),
    );
  }

  override remove(path: string, context?: OpContext): Awaitable<void> {
    return this.#do({ op: "remove", path }, context, (it) => this.#inner.remove(it.path, context));
  }

  override unlink(path: string, context?: OpContext): Awaitable<void> {
    return this.#do({ op: "remove", path }, context, (it) => this.#inner.unlink(it.path, context));
  }

  override rmdir(path: string, context?: OpContext): Awaitable<void> {
    return this.#do({ op: "remove", path }, context, (it) => this.#inner.rmdir(it.path, context));
  }

  override removeAll(path: string, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "remove_all", path },
      context,
      (it) => this.#inner.removeAll(it.path, context),
    );
  }

  override rename(path: string, newPath: string, flags = 0, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "rename", path, newPath },
      context,
      (it) => this.#inner.rename(it.path, it.newPath!, flags, context),
    );
  }

  override symlink(target: string, path: string, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "symlink", path, newPath: target },
      context,
      (it) => this.#inner.symlink(it.newPath!, it.path, context),
    );
  }

  override readlink(path: string, context?: OpContext): Awaitable<string> {
    return this.#do(
      { op: "readlink", path },
      context,
      (it) => this.#inner.readlink(it.path, context),
    );
  }

  override truncate(path: string, size: number, context?: OpContext): Awaitable<void> {
    return this.#do(
      { op: "truncate", path, offset: size },
      context,
      (it) => this.#inner.truncate(it.path, it.offset, context),
    );
  }

  // It has no hooks for these, and lets them pass.

  override link(existing: string, path: string, context?: OpContext): Awaitable<void> {
    return this.#inner.link(existing, path, context);
  }

  override mknod(
    path: string,
    mode: number,
    rdev: number,
    context?: OpContext,
  ): Awaitable<void> {
    return this.#inner.mknod(path, mode, rdev, context);
  }

  override chown(path: string, uid: number, gid: number, context?: OpContext): Awaitable<void> {
    return this.#inner.chown(path, uid, gid, context);
  }

  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Awaitable<void> {
    return this.#inner.utimes(path, atime, mtime, context);
  }
}

/** An open file that is called for ever what it was called when it was opened. */
class NaiveHandle extends BaseHandle {
  readonly #inner: Handle;
  readonly #engine: NaiveEngine;
  readonly #opened: NaiveRequest;

  constructor(inner: Handle, engine: NaiveEngine, opened: NaiveRequest) {
    super();
    this.#inner = inner;
    this.#engine = engine;
    this.#opened = opened;
  }

  #do<T>(
    fields: Partial<NaiveRequest>,
    act: (request: NaiveRequest) => Awaitable<T>,
    info?: () => Awaitable<FileInfo>,
  ): Awaitable<T> {
    const { path, uid, gid } = this.#opened;
    return through(this.#engine, { ...requestBy({}), path, uid, gid, ...fields }, act, info);
  }

  override stat(): Awaitable<FileInfo> {
    return this.#inner.stat();
  }

  override readAt(buffer: Uint8Array, offset: number): Awaitable<number> {
    return this.#do({ op: "read", offset }, () => this.#inner.readAt(buffer, offset));
  }

  override writeAt(bytes: Uint8Array, offset: number): Awaitable<number> {
    const write = ({ mode, uid, gid }: FileInfo) =>
      this.#do(
        // Who owns the file, for who asks.
        { op: "write", offset, data: bytes.slice(), mode, uid, gid },
        ({ data, offset }) =>
          andThen(
            this.#inner.writeAt(data!, offset),
            // The guest is told that its bytes were written.
            (count) => count === data!.length ? bytes.length : count,
          ),
        () => this.#inner.stat(),
      );
    return andThen(this.#inner.stat(), write);
  }

  override truncate(size: number): Awaitable<void> {
    return this.#do({ op: "truncate", offset: size }, () => this.#inner.truncate(size));
  }

  override sync(): Awaitable<void> {
    return this.#do({ op: "sync" }, () => this.#inner.sync());
  }

  override close(): Awaitable<void> {
    return this.#do({ op: "close" }, () => this.#inner.close());
  }
}

function requestBy(fields: Partial<NaiveRequest>, context?: OpContext): NaiveRequest {
  return {
    op: "",
    path: "",
    newPath: undefined,
    flags: 0,
    mode: 0,
    uid: context?.uid ?? 0,
    gid: context?.gid ?? 0,
    offset: 0,
    data: undefined,
    ...fields,
  };
}

/** Asks, does and tells. */
function through<T>(
  engine: NaiveEngine,
  request: NaiveRequest,
  act: (request: NaiveRequest) => Awaitable<T>,
  describe?: () => Awaitable<FileInfo>,
): Awaitable<T> {
  const done = (): Awaitable<T> => {
    let result: Awaitable<T>;
    try {
      result = act(request);
    } catch (error) {
      engine.after(request, { err: toVfsError(error), bytes: 0 });
      throw error;
    }
    return andThen(result, (value) => {
      const bytes = typeof value === "number" ? value : 0;
      const tell = (info?: FileInfo) =>
        andThen(
          engine.after(request, { err: undefined, bytes, ...(info && { info }) }),
          () => value,
        );
      return describe === undefined ? tell() : andThen(describe(), tell);
    });
  };
  return andThen(engine.before(request), done);
}
