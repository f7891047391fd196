import { CallerError, throwIfAborted, wrongType } from "./_call.ts";
import { decode, encode } from "./_encoding.ts";

/** What can be written to a file as a whole. */
export type FileData =
  | string
  | ArrayBufferView
  | Iterable<string | ArrayBufferView>
  | AsyncIterable<string | ArrayBufferView>;

/** Options of operations on whole files; a text is the encoding. */
export interface ContentOptions {
  /** How text and bytes become each other. */
  readonly encoding?: string | null | undefined;
  /** Ends the operation. */
  readonly signal?: AbortSignal | undefined;
}

/** Gives options where a caller may have written the encoding alone. */
export function contentOptions<T extends ContentOptions>(
  options: T | string | null | undefined,
): T {
  if (typeof options === "string") return { encoding: options } as T;
  return (options ?? {}) as T;
}

/** Gives the bytes of something that can be written in one piece. */
export function bytesOf(data: string | ArrayBufferView, encoding: string): Uint8Array {
  if (typeof data === "string") return encode(data, encoding);
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  throw wrongType("data", data);
}

/** Gives the pieces of anything that can be written. */
export async function* piecesOf(
  data: FileData,
  { encoding, signal }: ContentOptions,
): AsyncGenerator<Uint8Array> {
  if (typeof data === "string" || ArrayBuffer.isView(data)) {
    yield bytesOf(data, encoding ?? "utf8");
    return;
  }
  try {
    for await (const piece of data) {
      throwIfAborted(signal);
      yield bytesOf(piece, encoding ?? "utf8");
    }
  } catch (error) {
    throw new CallerError("The data could not be had", { cause: error });
  }
}

/** Refuses, before anything is opened, what cannot be written. */
export function checkData(data: unknown): void {
  if (typeof data === "string" || ArrayBuffer.isView(data)) return;
  if (typeof data === "object" && data !== null) {
    if (Symbol.iterator in data || Symbol.asyncIterator in data) return;
  }
  throw wrongType("data", data);
}

/** Gives bytes as the caller wants them. */
export function asWanted(
  bytes: Uint8Array,
  encoding: string | null | undefined,
): string | Uint8Array {
  const isRaw = encoding === undefined || encoding === null || encoding === "buffer";
  return isRaw ? bytes : decode(bytes, encoding);
}
