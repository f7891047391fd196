import { type Handle, type OpContext, VfsError } from "../fs/mod.ts";
import { hasCode, throwIfAborted } from "./_call.ts";

const PIECE = 1 << 20;

/** As in Node: what is longer does not fit into one array. */
const LARGEST = 2 ** 31 - 1;

/** Reads from the position of a handle to the end of the file. */
export async function readToEnd(
  handle: Handle,
  context: OpContext,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { size } = await handle.stat(context);
  if (size > LARGEST) throw new VfsError("EFBIG");
  // One byte more than there should be, so that the last read finds the end by itself.
  let bytes = new Uint8Array(size + 1);
  let length = 0;
  for (;;) {
    throwIfAborted(signal);
    if (length === bytes.length) bytes = grown(bytes);
    const wanted = Math.min(PIECE, bytes.length - length);
    const count = await handle.read(bytes.subarray(length, length + wanted), context);
    length += count;
    // Reads are short at the end of a file, and nowhere else.
    if (count < wanted) return bytes.subarray(0, length);
  }
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length >= LARGEST) throw new VfsError("EFBIG");
  const larger = new Uint8Array(Math.min(LARGEST, Math.max(bytes.length * 2, 65_536)));
  larger.set(bytes);
  return larger;
}

/** Writes at the position of a handle, all of it. */
export async function writeAll(
  handle: Handle,
  bytes: Uint8Array,
  context: OpContext,
): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    const count = await handle.write(bytes.subarray(start, start + PIECE), context);
    if (count === 0) throw new VfsError("EIO");
    start += count;
  }
}

/** Copies what one open file holds into another, by the provider itself where it can. */
export async function copyContent(
  source: Handle,
  target: Handle,
  context: OpContext,
): Promise<void> {
  for (let offset = 0;;) {
    let count: number;
    try {
      count = await source.copyRange(
        offset,
        target,
        offset,
        Number.MAX_SAFE_INTEGER - offset,
        context,
      );
    } catch (error) {
      const cannot = ["EXDEV", "ENOSYS", "EOPNOTSUPP", "EINVAL"].some((code) =>
        hasCode(error, code)
      );
      if (!cannot) throw error;
      return await copyByHand(source, target, offset, context);
    }
    if (count === 0) return;
    offset += count;
  }
}

async function copyByHand(
  source: Handle,
  target: Handle,
  offset: number,
  context: OpContext,
): Promise<void> {
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const count = await source.readAt(buffer, offset, context);
    for (let done = 0; done < count;) {
      const written = await target.writeAt(buffer.subarray(done, count), offset + done, context);
      if (written === 0) throw new VfsError("EIO");
      done += written;
    }
    if (count < buffer.length) return;
    offset += count;
  }
}
