import { throwIfAborted } from "./_call.ts";
import { open } from "./_files.ts";
import type { PathLike, Tree } from "./_tree.ts";

/** Options of `readableStream`. */
export interface ReadableStreamOptions {
  /** The first byte; default 0. */
  readonly start?: number | undefined;
  /** The last byte, included; default the end of the file. */
  readonly end?: number | undefined;
  /** How many bytes to read at a time; default 65,536. */
  readonly highWaterMark?: number | undefined;
  /** Ends the stream with an error. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `writableStream`. */
export interface WritableStreamOptions {
  /** How to open the file; default `"w"`. */
  readonly flags?: string | number | undefined;
  /** The permissions of a file that is made; default 0o666, less the umask. */
  readonly mode?: number | string | undefined;
  /** Where to begin; default where the file was opened. */
  readonly start?: number | undefined;
  /** Whether to put the data on stable storage at the end. */
  readonly flush?: boolean | undefined;
}

export async function readableStream(
  tree: Tree,
  path: PathLike,
  options: ReadableStreamOptions = {},
): Promise<ReadableStream<Uint8Array>> {
  const { start = 0, end = Infinity, highWaterMark = 65_536, signal } = options;
  const file = await open(tree, path);
  let position = start;
  return new ReadableStream({
    pull: async (controller): Promise<void> => {
      try {
        throwIfAborted(signal);
        const length = Math.max(0, Math.min(highWaterMark, end - position + 1));
        const { bytesRead, buffer } = await file.read<Uint8Array>(new Uint8Array(length), {
          position,
        });
        position += bytesRead;
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        await file.close();
        controller.close();
      } catch (error) {
        await file.close().catch(() => {});
        throw error;
      }
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}

export async function writableStream(
  tree: Tree,
  path: PathLike,
  options: WritableStreamOptions = {},
): Promise<WritableStream<Uint8Array | string>> {
  const file = await open(tree, path, options.flags ?? "w", options.mode ?? 0o666);
  let position = options.start;
  return new WritableStream({
    write: async (chunk): Promise<void> => {
      if (position === undefined) return await file.writeFile(chunk);
      const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await file.write(bytes, done, null, position);
        done += bytesWritten;
        position += bytesWritten;
      }
    },
    close: async (): Promise<void> => {
      try {
        if (options.flush === true) await file.sync();
      } finally {
        await file.close();
      }
    },
    abort: () => file.close(),
  });
}
