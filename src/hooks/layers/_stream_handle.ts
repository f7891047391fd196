import type { Awaitable } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import type { Handle } from "../../fs/handle.ts";
import type { NamedStream, Stream } from "../_layers.ts";
import { runTask, type Task, wait } from "../_task.ts";
import type { StreamTransform } from "../transform_types.ts";
import { callTransform } from "./_call_transform.ts";
import { TransformedHandle } from "./_transformed_handle.ts";

/** How many zeros are written at a time where a file grows without being written. */
const FILL = 64 << 10;

/** The most that a file grows by without being written: someone else has to write the zeros. */
const MAX_FILL = 64 << 20;

/** Has bytes go through functions that keep their number. */
export function streamThrough(functions: StreamTransform): Stream {
  return {
    functions,
    open: (inner, flags, streams) => new StreamHandle(inner, flags, streams),
  };
}

/** An open file whose bytes go through functions that keep their number. */
class StreamHandle extends TransformedHandle {
  override readonly readRule: string | undefined;
  override readonly writeRule: string | undefined;
  readonly #reads: readonly NamedStream[];
  readonly #writes: readonly NamedStream[];

  constructor(inner: Handle, flags: number, streams: readonly NamedStream[]) {
    super(inner, flags);
    this.#reads = streams.filter(({ stream }) => stream.functions.read !== undefined).reverse();
    this.#writes = streams.filter(({ stream }) => stream.functions.write !== undefined);
    this.readRule = this.#reads[0]?.name;
    this.writeRule = this.#writes[0]?.name;
  }

  override readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    return runTask(this.#read(buffer, offset, context));
  }

  *#read(buffer: Uint8Array, offset: number, context: OpContext | undefined): Task<number> {
    const count = yield* wait(this.inner.readAt(buffer, offset, context));
    if (count === 0 || this.#reads.length === 0) return count;
    let bytes: Uint8Array = buffer.slice(0, count);
    for (const each of this.#reads) {
      bytes = yield* pass(
        each,
        bytes,
        context,
        (data) => each.stream.functions.read!(data, offset),
      );
    }
    buffer.set(bytes);
    return count;
  }

  override writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    this.checkWrite();
    return runTask(this.#write(data, offset, context));
  }

  *#write(data: Uint8Array, offset: number, context: OpContext | undefined): Task<number> {
    if (this.#writes.length === 0 || data.length === 0) {
      return yield* wait(this.inner.writeAt(data, offset, context));
    }
    const { size } = yield* wait(this.inner.stat(context));
    const place = this.appends ? size : offset;
    if (place > size) yield* this.#fill(size, place, context);
    const bytes = yield* this.#encode(data.slice(), place, context);
    return yield* wait(this.inner.writeAt(bytes, place, context));
  }

  override truncate(size: number, context?: OpContext): Awaitable<void> {
    return runTask(this.#truncate(size, context));
  }

  *#truncate(size: number, context: OpContext | undefined): Task<void> {
    const before = (yield* wait(this.inner.stat(context))).size;
    if (size <= before || this.#writes.length === 0) {
      return yield* wait(this.inner.truncate(size, context));
    }
    this.checkWrite("EINVAL");
    yield* this.#fill(before, size, context);
  }

  /** Zeros that nobody wrote have to read as zeros: they are transformed like any bytes. */
  *#fill(from: number, to: number, context: OpContext | undefined): Task<void> {
    if (to - from > MAX_FILL) throw new VfsError("EFBIG");
    for (let at = from; at < to;) {
      const bytes = yield* this.#encode(new Uint8Array(Math.min(FILL, to - at)), at, context);
      at += yield* wait(this.inner.writeAt(bytes, at, context));
    }
  }

  *#encode(data: Uint8Array, offset: number, context?: OpContext): Task<Uint8Array> {
    let bytes = data;
    for (const each of this.#writes) {
      bytes = yield* pass(
        each,
        bytes,
        context,
        (data) => each.stream.functions.write!(data, offset),
      );
    }
    return bytes;
  }
}

function* pass(
  called: NamedStream,
  bytes: Uint8Array,
  context: OpContext | undefined,
  transform: (bytes: Uint8Array) => Awaitable<Uint8Array>,
): Task<Uint8Array> {
  const { length } = bytes;
  const result = yield* callTransform(called, context, () => transform(bytes));
  if (result.length === length) return result;
  throw new VfsError("EIO", `${called.name} made ${result.length} bytes of ${length}`);
}
