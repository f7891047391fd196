import { andThen, type Awaitable } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import type { Handle } from "../../fs/handle.ts";
import type { FileInfo } from "../../fs/info.ts";
import { runTask, type Task, wait } from "../_task.ts";
import type { Stage } from "./_stage.ts";
import { TransformedHandle } from "./_transformed_handle.ts";

/** An open file that is transformed as a whole when it is closed or synced. */
export class StagedHandle extends TransformedHandle {
  override readonly readRule: string | undefined;
  override readonly writeRule: string | undefined;
  readonly #stage: Stage;
  readonly #release: () => void;
  #hasWritten = false;
  #isClosed = false;

  /**
   * @param inner The file, open for reading, and for writing if it is to be written.
   * @param rule The name of the rule.
   * @param release Is called when it is closed.
   */
  constructor(
    inner: Handle,
    flags: number,
    stage: Stage,
    rule: string,
    release: () => void,
  ) {
    super(inner, flags);
    this.#stage = stage;
    this.#release = release;
    this.readRule = stage.transform.decode === undefined ? undefined : rule;
    this.writeRule = stage.transform.encode === undefined ? undefined : rule;
  }

  /** Begins with an empty file, as O_TRUNC wants it. */
  clear(): void {
    this.#stage.clear();
    this.#hasWritten = true;
  }

  override readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    this.checkRead();
    const stage = this.#stage;
    if (!stage.isLoaded && stage.transform.decode === undefined) {
      return this.inner.readAt(buffer, offset, context);
    }
    return this.#loaded(context, () => stage.read(buffer, offset));
  }

  override writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    this.checkWrite();
    const place = this.appends ? "end" : offset;
    // The bytes are the caller's again when this has answered, which can be after a load.
    const bytes = this.#stage.isLoaded ? data : data.slice();
    return this.#loaded(context, () => {
      this.#hasWritten = true;
      return this.#stage.write(bytes, place);
    });
  }

  override truncate(size: number, context?: OpContext): Awaitable<void> {
    this.checkWrite("EINVAL");
    return this.#loaded(context, () => {
      this.#hasWritten = true;
      this.#stage.resize(size);
    });
  }

  override stat(context?: OpContext): Awaitable<FileInfo> {
    const view = () => andThen(this.inner.stat(context), (info) => this.#stage.view(info));
    return this.#stage.transform.decode === undefined ? view() : this.#loaded(context, view);
  }

  override sync(context?: OpContext): Awaitable<void> {
    return runTask(this.#commit(context, () => this.inner.sync(context)));
  }

  override datasync(context?: OpContext): Awaitable<void> {
    return runTask(this.#commit(context, () => this.inner.datasync(context)));
  }

  override close(context?: OpContext): Awaitable<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    return runTask(this.#close(context));
  }

  *#close(context: OpContext | undefined): Task<void> {
    try {
      if (this.#hasWritten) yield* this.#stage.commit(this.inner, context);
    } finally {
      this.#release();
      yield* wait(this.inner.close(context));
    }
  }

  *#commit(context: OpContext | undefined, then: () => Awaitable<void>): Task<void> {
    if (this.#hasWritten) yield* this.#stage.commit(this.inner, context);
    yield* wait(then());
  }

  #loaded<T>(context: OpContext | undefined, next: () => Awaitable<T>): Awaitable<T> {
    if (this.#stage.isLoaded) return next();
    return andThen(runTask(this.#stage.load(this.inner, context)), next);
  }
}
