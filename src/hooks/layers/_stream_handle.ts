import { type Awaitable, isPromiseLike } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import type { Handle } from "../../fs/handle.ts";
import { runTask, type Task, wait } from "../_task.ts";
import type { StreamTransform } from "../transform_types.ts";
import { TransformedHandle } from "./_transformed_handle.ts";

/** How many zeros are written at a time where a file grows without being written. */
const FILL = 64 << 10;

/** A transformation and the rule that it comes from. */
export interface NamedStream {
  readonly name: string;
  readonly stream: StreamTransform;
}

/** An open file whose bytes go through functions that keep their number. */
export class StreamHandle extends TransformedHandle {
  override readonly readRule: string | undefined;
  override readonly writeRule: string | undefined;
  readonly #reads: readonly StreamTransform[];
  readonly #writes: readonly StreamTransform[];

  constructor(inner: Handle, flags: number, streams: readonly NamedStream[]) {
    super(inner, flags);
    const reads = streams.filter(({ stream }) => stream.read !== undefined).reverse();
    const writes = streams.filter(({ stream }) => stream.write !== undefined);
    this.#reads = reads.map(({ stream }) => stream);
    this.#writes = writes.map(({ stream }) => stream);
    this.readRule = reads[0]?.name;
    this.writeRule = writes[0]?.name;
  }

  override readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    return runTask(this.#read(buffer, offset, context));
  }

  *#read(buffer: Uint8Array, offset: number, context: OpContext | undefined): Task<number> {
    const count = yield* wait(this.inner.readAt(buffer, offset, context));
    if (count === 0 || this.#reads.length === 0) return count;
    let bytes: Uint8Array = buffer.slice(0, count);
    for (const { read } of this.#reads) bytes = yield* pass(bytes, offset, read!);
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
    const bytes = yield* this.#encode(data.slice(), place);
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
    for (let at = from; at < to;) {
      const bytes = yield* this.#encode(new Uint8Array(Math.min(FILL, to - at)), at);
      at += yield* wait(this.inner.writeAt(bytes, at, context));
    }
  }

  *#encode(data: Uint8Array, offset: number): Task<Uint8Array> {
    let bytes = data;
    for (const { write } of this.#writes) bytes = yield* pass(bytes, offset, write!);
    return bytes;
  }
}

function* pass(
  bytes: Uint8Array,
  offset: number,
  transform: (bytes: Uint8Array, offset: number) => Awaitable<Uint8Array>,
): Task<Uint8Array> {
  const { length } = bytes;
  const passed = transform(bytes, offset);
  const result = isPromiseLike(passed) ? (yield passed) as Uint8Array : passed;
  if (!(result instanceof Uint8Array) || result.length !== length) {
    throw new VfsError("EIO", `a transformation did not keep the length of ${length} bytes`);
  }
  return result;
}
