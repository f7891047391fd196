import type { OpContext } from "../../fs/context.ts";
import { VfsError } from "../../fs/error.ts";
import type { Handle } from "../../fs/handle.ts";
import type { FileInfo } from "../../fs/info.ts";
import { now, type Timespec } from "../../fs/time.ts";
import type { Called } from "../_deadline.ts";
import { type Task, wait } from "../_task.ts";
import type { FileTransform, TransformedFile } from "../transform_types.ts";
import { callTransform } from "./_call_transform.ts";

/** A transformation and the rule that it comes from. */
export interface NamedTransform extends Called {
  readonly whole: FileTransform | undefined;
}

/** The largest file, if the transformation does not say. */
const MAX_SIZE = 64 << 20;
/** How much is read or written at a time. */
const CHUNK = 1 << 20;

/**
 * The content of one file as its readers see it, from when it is first needed until the last handle
 * is closed. All handles on the file share it, so that each sees what the others wrote.
 */
export class Stage {
  readonly path: string;
  readonly transform: FileTransform;
  readonly #hook: NamedTransform;
  handles = 0;
  /** What is in the file, in an array that may be longer; `undefined` while it was not needed. */
  #buffer: Uint8Array | undefined;
  #size = 0;
  #changed: Timespec | undefined;
  /** Goes up with every change: what was stored meanwhile is old then. */
  #version = 0;
  #stored = 0;
  #loading: PromiseLike<unknown> | undefined;
  #committing: PromiseLike<unknown> | undefined;

  constructor(path: string, hook: NamedTransform) {
    this.path = path;
    this.transform = hook.whole!;
    this.#hook = hook;
  }

  get isLoaded(): boolean {
    return this.#buffer !== undefined;
  }

  /** Whether there is something that is not stored yet. */
  get isDirty(): boolean {
    return this.#version !== this.#stored;
  }

  /** What a `stat` shall say. */
  view(info: FileInfo): FileInfo {
    if (this.#buffer === undefined) return info;
    const mtime = this.#changed ?? info.mtime;
    const ctime = this.#changed ?? info.ctime;
    return { ...info, size: this.#size, blocks: Math.ceil(this.#size / 512), mtime, ctime };
  }

  /** Makes the content ready: read from the file and decoded. */
  *load(source: Handle, context: OpContext | undefined): Task<void> {
    while (this.#loading !== undefined) yield this.#loading;
    if (this.#buffer !== undefined) return;
    let done = () => {};
    this.#loading = new Promise<void>((resolve) => done = resolve);
    try {
      this.#put(yield* decodeAll(source, this.path, this.#hook, context));
    } finally {
      this.#loading = undefined;
      done();
    }
  }

  /** Begins with nothing, whatever the file holds. */
  clear(): void {
    this.#put(new Uint8Array(0));
    this.#touch();
  }

  read(buffer: Uint8Array, offset: number): number {
    const bytes = this.#buffer!.subarray(offset, Math.min(offset + buffer.length, this.#size));
    if (offset >= this.#size) return 0;
    buffer.set(bytes);
    return bytes.length;
  }

  write(data: Uint8Array, offset: number | "end"): number {
    if (data.length === 0) return 0;
    const at = offset === "end" ? this.#size : offset;
    this.resize(Math.max(this.#size, at + data.length));
    this.#buffer!.set(data, at);
    this.#touch();
    return data.length;
  }

  resize(size: number): void {
    const { maxSize = MAX_SIZE } = this.transform;
    if (size > maxSize) throw new VfsError("EFBIG", this.path);
    if (size > this.#buffer!.length) {
      const larger = new Uint8Array(Math.min(maxSize, Math.max(size, this.#buffer!.length * 2)));
      larger.set(this.#buffer!.subarray(0, this.#size));
      this.#buffer = larger;
    }
    // What was cut off must not come back when the file grows again.
    if (size < this.#size) this.#buffer!.fill(0, size, this.#size);
    if (size !== this.#size) this.#touch();
    this.#size = size;
  }

  /** Stores what was written, by way of a handle that may write. */
  *commit(target: Handle, context: OpContext | undefined): Task<void> {
    while (this.#committing !== undefined) yield this.#committing;
    if (!this.isDirty) return;
    let done = () => {};
    this.#committing = new Promise<void>((resolve) => done = resolve);
    try {
      const version = this.#version;
      const content = this.#buffer!.slice(0, this.#size);
      const { encode, decode } = this.transform;
      let stored: Uint8Array = content;
      if (encode !== undefined && content.length > 0) {
        const info = yield* wait(target.stat(context));
        const file = describe(this.path, info, context);
        stored = yield* callTransform(this.#hook, context, () => encode(content, file));
      }
      yield* storeAll(target, stored, context);
      if (version !== this.#version) return;
      // Without a way back, what is stored is what there is to be seen from now on.
      if (decode === undefined) this.#put(stored.slice());
      this.#stored = this.#version;
    } finally {
      this.#committing = undefined;
      done();
    }
  }

  #put(content: Uint8Array): void {
    this.#buffer = content;
    this.#size = content.length;
  }

  #touch(): void {
    this.#version++;
    this.#changed = now();
  }
}

/** Reads a file and decodes it; what is empty stays empty. */
export function* decodeAll(
  source: Handle,
  path: string,
  hook: NamedTransform,
  context: OpContext | undefined,
): Task<Uint8Array> {
  const { decode, maxSize = MAX_SIZE } = hook.whole!;
  const info = yield* wait(source.stat(context));
  if (info.size > maxSize) throw new VfsError("EFBIG", path);
  const stored = new Uint8Array(info.size);
  let length = 0;
  while (length < stored.length) {
    const part = stored.subarray(length, length + CHUNK);
    const count = yield* wait(source.readAt(part, length, context));
    if (count === 0) break;
    length += count;
  }
  const content = stored.subarray(0, length);
  if (decode === undefined || length === 0) return content;
  const file = describe(path, info, context);
  return yield* callTransform(hook, context, () => decode(content.slice(), file));
}

function* storeAll(
  target: Handle,
  bytes: Uint8Array,
  context: OpContext | undefined,
): Task<void> {
  for (let at = 0; at < bytes.length;) {
    const count = yield* wait(target.writeAt(bytes.subarray(at, at + CHUNK), at, context));
    if (count === 0) throw new VfsError("ENOSPC");
    at += count;
  }
  yield* wait(target.truncate(bytes.length, context));
}

function describe(
  path: string,
  { mode }: FileInfo,
  context: OpContext | undefined,
): TransformedFile {
  return { path, mode, uid: context?.uid ?? 0, gid: context?.gid ?? 0 };
}
