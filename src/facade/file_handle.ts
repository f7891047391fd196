import { type Handle, type TimeChange, VfsError } from "../fs/mod.ts";
import {
  asWanted,
  bytesOf,
  checkData,
  type ContentOptions,
  contentOptions,
  type FileData,
  piecesOf,
} from "./_bytes.ts";
import { call, throwIfAborted, wrongType } from "./_call.ts";
import { permissions } from "./_open_flags.ts";
import { readToEnd, writeAll } from "./_transfer.ts";
import { type TimeLike, timeOf } from "./_times.ts";
import type { Tree } from "./_tree.ts";
import { type BigIntStats, type Stats, statsOf } from "./stats.ts";

/** Where and how much to read or write. */
export interface RangeOptions {
  /** Where in the buffer to begin; default 0. */
  readonly offset?: number | null | undefined;
  /** How many bytes; default: the rest of the buffer. */
  readonly length?: number | null | undefined;
  /** Where in the file; `null`, the default, is the handle's position, which then moves on. */
  readonly position?: number | bigint | null | undefined;
}

const DEFAULT_BUFFER = 16_384;

let nextDescriptor = 3;

/**
 * An open file, as `fs.promises.FileHandle` is.
 *
 * Operations on it run one after another, in the order of the calls.
 */
export class FileHandle implements AsyncDisposable {
  readonly #tree: Tree;
  readonly #handle: Handle;
  #descriptor: number;
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  /**
   * Made by `open`.
   *
   * @param tree The tree that the file belongs to.
   * @param handle The provider's handle, which this object closes.
   */
  constructor(tree: Tree, handle: Handle) {
    this.#tree = tree;
    this.#handle = handle;
    this.#descriptor = nextDescriptor++;
  }

  /** A number that no other open handle has; -1 once it is closed. */
  get fd(): number {
    return this.#descriptor;
  }

  /** Runs an operation after those before it. */
  #run<T>(syscall: string, operation: (handle: Handle) => T | PromiseLike<T>): Promise<T> {
    const result = call(syscall, undefined, async () => {
      if (this.#closed !== undefined) throw new VfsError("EBADF");
      await this.#last;
      return await operation(this.#handle);
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Reads into a buffer. */
  read<T extends ArrayBufferView = Uint8Array>(
    buffer?: T | (RangeOptions & { readonly buffer?: T | undefined }) | null,
    offset?: number | RangeOptions | null,
    length?: number | null,
    position?: number | bigint | null,
  ): Promise<{ bytesRead: number; buffer: T }> {
    const isView = ArrayBuffer.isView(buffer);
    const given = (isView ? buffer : buffer?.buffer) ?? new Uint8Array(DEFAULT_BUFFER);
    const range = isView
      ? rangeOf(given.byteLength, offset, length, position)
      : rangeOf(given.byteLength, buffer ?? {});
    return this.#run("read", async (handle) => {
      const bytes = bytesOf(given, "utf8").subarray(range.start, range.end);
      const { context } = this.#tree;
      const bytesRead = range.position === undefined
        ? await handle.read(bytes, context)
        : await handle.readAt(bytes, range.position, context);
      return { bytesRead, buffer: given as T };
    });
  }

  /** Writes a buffer, or text. */
  write<T extends ArrayBufferView | string>(
    data: T,
    offset?: number | RangeOptions | null,
    length?: number | string | null,
    position?: number | bigint | null,
  ): Promise<{ bytesWritten: number; buffer: T }> {
    const isText = typeof data === "string";
    const bytes = bytesOf(data, isText && typeof length === "string" ? length : "utf8");
    const range = isText
      ? rangeOf(bytes.length, 0, undefined, offset as number | null | undefined)
      : rangeOf(bytes.length, offset, length as number | null | undefined, position);
    return this.#run("write", async (handle) => {
      const { context } = this.#tree;
      const part = bytes.subarray(range.start, range.end);
      const bytesWritten = range.position === undefined
        ? await handle.write(part, context)
        : await handle.writeAt(part, range.position, context);
      return { bytesWritten, buffer: data };
    });
  }

  /** Reads into several buffers, one after the other. */
  async readv<T extends readonly ArrayBufferView[]>(
    buffers: T,
    position?: number | null,
  ): Promise<{ bytesRead: number; buffers: T }> {
    let bytesRead = 0;
    for (const buffer of buffers) {
      const at = typeof position === "number" ? position + bytesRead : null;
      const { bytesRead: count } = await this.read(buffer, 0, buffer.byteLength, at);
      bytesRead += count;
      if (count < buffer.byteLength) break;
    }
    return { bytesRead, buffers };
  }

  /** Writes several buffers, one after the other. */
  async writev<T extends readonly ArrayBufferView[]>(
    buffers: T,
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffers: T }> {
    let bytesWritten = 0;
    for (const buffer of buffers) {
      const at = typeof position === "number" ? position + bytesWritten : null;
      const { bytesWritten: count } = await this.write(buffer, 0, buffer.byteLength, at);
      bytesWritten += count;
      if (count < buffer.byteLength) break;
    }
    return { bytesWritten, buffers };
  }

  /** Reads from the position to the end; as text where an encoding is given. */
  readFile(options?: (ContentOptions & { readonly encoding?: null }) | null): Promise<Uint8Array>;
  /** Reads the whole file. */
  readFile(options: string | (ContentOptions & { readonly encoding: string })): Promise<string>;
  /** Reads the whole file. */
  readFile(options?: ContentOptions | string | null): Promise<string | Uint8Array>;
  readFile(options?: ContentOptions | string | null): Promise<string | Uint8Array> {
    const { encoding, signal } = contentOptions(options);
    return this.#run(
      "read",
      async (handle) => asWanted(await readToEnd(handle, this.#tree.context, signal), encoding),
    );
  }

  /** Writes data at the position, all of it. */
  writeFile(data: FileData, options?: ContentOptions | string | null): Promise<void> {
    const content = contentOptions(options);
    checkData(data);
    return this.#run("write", async (handle) => {
      for await (const piece of piecesOf(data, content)) {
        throwIfAborted(content.signal);
        await writeAll(handle, piece, this.#tree.context);
      }
    });
  }

  /** Does what `writeFile` does, as in Node. */
  appendFile(data: FileData, options?: ContentOptions | string | null): Promise<void> {
    return this.writeFile(data, options);
  }

  /** Describes the file. */
  stat(options?: { readonly bigint?: false | undefined }): Promise<Stats>;
  /** Describes the open file. */
  stat(options: { readonly bigint: true }): Promise<BigIntStats>;
  stat(options?: { readonly bigint?: boolean | undefined }): Promise<Stats | BigIntStats> {
    return this.#run(
      "fstat",
      async (handle) => statsOf(await handle.stat(this.#tree.context), options?.bigint === true),
    );
  }

  /** Sets the size. */
  truncate(size = 0): Promise<void> {
    return this.#run(
      "ftruncate",
      (handle) => handle.truncate(Math.max(0, size), this.#tree.context),
    );
  }

  /** Sets the permissions. */
  chmod(mode: number | string): Promise<void> {
    const bits = permissions(mode);
    return this.#run("fchmod", (handle) => handle.chmod(bits, this.#tree.context));
  }

  /** Sets the owner. */
  chown(uid: number, gid: number): Promise<void> {
    return this.#run("fchown", (handle) => handle.chown(uid, gid, this.#tree.context));
  }

  /** Sets the times. */
  utimes(atime: TimeLike, mtime: TimeLike): Promise<void> {
    const times: [TimeChange, TimeChange] = [timeOf(atime), timeOf(mtime)];
    return this.#run("futime", (handle) => handle.utimes(...times, this.#tree.context));
  }

  /** Puts data and metadata on stable storage. */
  sync(): Promise<void> {
    return this.#run("fsync", (handle) => handle.sync(this.#tree.context));
  }

  /** Puts the data on stable storage. */
  datasync(): Promise<void> {
    return this.#run("fdatasync", (handle) => handle.datasync(this.#tree.context));
  }

  /** Gives the content from the position on as a stream, which closes the handle at its end. */
  readableWebStream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: "bytes",
      pull: async (controller): Promise<void> => {
        const { bytesRead, buffer } = await this.read<Uint8Array<ArrayBuffer>>(
          new Uint8Array(DEFAULT_BUFFER * 4),
        );
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await this.close();
        controller.close();
      },
      cancel: () => this.close(),
    });
  }

  /** Gives the lines from the position on, and closes the handle at the end. */
  async *readLines(): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (;;) {
        const { bytesRead, buffer } = await this.read<Uint8Array>(
          new Uint8Array(DEFAULT_BUFFER * 4),
        );
        const text = rest +
          decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
        // A "\r" at the end of a piece may be half of a "\r\n".
        const lines = text.split(/\r\n|\n|\r(?!$)/);
        rest = lines.pop()!;
        yield* lines;
        if (bytesRead === 0) break;
      }
      if (rest !== "") yield rest.replace(/\r$/, "");
    } finally {
      await this.close();
    }
  }

  /** Closes the file, after the operations that are under way. A second time does nothing. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#last;
      this.#descriptor = -1;
      await call("close", undefined, () => this.#handle.close(this.#tree.context));
    })();
    return this.#closed;
  }

  /** Closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function rangeOf(
  size: number,
  first?: number | RangeOptions | null,
  length?: number | null,
  position?: number | bigint | null,
): { start: number; end: number; position: number | undefined } {
  if (typeof first === "object" && first !== null) {
    return rangeOf(size, first.offset ?? 0, first.length, first.position);
  }
  const start = first ?? 0;
  const end = start + (length ?? size - start);
  if (
    !Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end < start || end > size
  ) {
    throw Object.assign(
      new RangeError(`Cannot use bytes ${start} to ${end} of a buffer of ${size} bytes`),
      { code: "ERR_OUT_OF_RANGE" },
    );
  }
  if (position === undefined || position === null || position < 0) {
    return { start, end, position: undefined };
  }
  if (typeof position !== "number" && typeof position !== "bigint") {
    throw wrongType("a position", position);
  }
  return { start, end, position: Number(position) };
}
