import { CHUNK } from "./_chunk.ts";
import type { FileContent } from "./_file_content.ts";
import type { Space } from "./_space.ts";

/** One call copies no more data than this, so that nobody else waits long. */
const MAX_COPY = 16 * 1024 * 1024;

/**
 * Copies a range that lies within the source and does not overlap with where it goes. Holes stay
 * holes and cost nothing.
 *
 * @returns How much was copied; less than asked when space ends, or after {@link MAX_COPY} of data.
 */
export function copyContent(
  source: FileContent,
  from: number,
  target: FileContent,
  to: number,
  count: number,
  space: Space,
  uid: number,
): number {
  const buffer = new Uint8Array(Math.min(CHUNK, count));
  let done = 0;
  let copied = 0;
  while (done < count && copied < MAX_COPY) {
    const data = Math.min((source.nextData(from + done) ?? Infinity) - from, count);
    if (data > done) {
      target.punch(to + done, to + data, space, uid);
      target.size = Math.max(target.size, to + data);
      done = data;
      continue;
    }
    const hole = source.nextHole(from + done) - from;
    const wanted = Math.min(buffer.length, hole - done, count - done);
    const part = buffer.subarray(0, wanted);
    source.read(part, from + done);
    const written = target.write(part, to + done, space, uid);
    done += written;
    copied += written;
    if (written < wanted) break;
  }
  return done;
}
