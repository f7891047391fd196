import { capacityFor, CHUNK, Chunk, ZEROS } from "./_chunk.ts";
import { PAGE, type Space } from "./_space.ts";

/** Shared by all files that have no chunk, and never changed. */
const NO_CHUNKS: Chunk[] = [];

/**
 * The content of a regular file: chunks, in order, where something was written, and zeros between.
 *
 * Operations that need memory are told whose account it goes to, and do as much as that allows.
 */
export class FileContent {
  /** Bytes from the start to the end of the file. */
  size = 0;
  /** Pages that are data. */
  pages = 0;
  /** One chunk, which is all that most files have, or a list in the order of their index. */
  #chunks: Chunk | Chunk[] = NO_CHUNKS;

  /** Bytes of memory that are booked for the file. */
  get held(): number {
    let held = 0;
    for (let place = 0; place < this.#count; place++) held += this.#at(place)!.capacity;
    return held;
  }

  /** Reads; returns the number of bytes, fewer than asked only at the end. */
  read(buffer: Uint8Array, offset: number): number {
    const count = Math.min(buffer.length, this.size - offset);
    for (let done = 0; done < count;) {
      const index = Math.floor((offset + done) / CHUNK);
      const start = offset + done - index * CHUNK;
      const part = Math.min(CHUNK - start, count - done);
      const chunk = this.#at(this.#find(index));
      if (chunk?.index === index) chunk.read(start, part, buffer, done);
      else buffer.fill(0, done, done + part);
      done += part;
    }
    return Math.max(0, count);
  }

  /** Shows a range where it lies; fewer bytes than asked for only at the end. */
  lend(offset: number, length: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    const count = Math.min(length, this.size - offset);
    for (let done = 0; done < count;) {
      const index = Math.floor((offset + done) / CHUNK);
      const start = offset + done - index * CHUNK;
      const wanted = Math.min(CHUNK - start, count - done);
      const chunk = this.#at(this.#find(index));
      const part = chunk?.index === index ? chunk.lend(start, wanted) : ZEROS.subarray(0, wanted);
      parts.push(part);
      done += part.length;
    }
    return parts;
  }

  /** Writes; returns the number of bytes, fewer than given where there is no more space. */
  write(data: Uint8Array, offset: number, space: Space, uid: number): number {
    let done = 0;
    while (done < data.length) {
      const index = Math.floor((offset + done) / CHUNK);
      const start = offset + done - index * CHUNK;
      const wanted = Math.min(CHUNK - start, data.length - done);
      const chunk = this.#reserve(index, start, start + wanted, space, uid);
      if (chunk === undefined) break;
      const part = Math.min(wanted, chunk.capacity - start);
      const whole = part === data.length;
      this.pages += chunk.write(start, whole ? data : data.subarray(done, done + part));
      done += part;
      if (part < wanted) break;
    }
    if (done > 0 && offset + done > this.size) this.size = offset + done;
    return done;
  }

  /** Cuts the file off, or lets it go on with zeros. */
  truncate(size: number, space: Space, uid: number): void {
    if (this.#count > 0) this.#cut(size, space, uid);
    this.size = size;
  }

  #cut(size: number, space: Space, uid: number): void {
    const last = Math.floor(size / CHUNK);
    const place = this.#find(last);
    const chunk = this.#at(place);
    if (chunk === undefined) return;
    if (chunk.index !== last || size === last * CHUNK) {
      this.#drop(place, this.#count, space, uid);
      return;
    }
    this.#drop(place + 1, this.#count, space, uid);
    const end = size - last * CHUNK;
    this.pages -= chunk.punch(end, CHUNK);
    if (chunk.pages === 0) {
      this.#drop(place, place + 1, space, uid);
      return;
    }
    const capacity = capacityFor(end, 0, last === 0, false);
    const before = chunk.capacity;
    if (capacity * 2 <= before && chunk.resize(capacity, space.slabs)) {
      space.give(uid, before - capacity);
    }
  }

  /** Makes a range read as zeros, and frees the memory where it can. The size stays. */
  punch(start: number, end: number, space: Space, uid: number): void {
    let place = this.#find(Math.floor(start / CHUNK));
    let firstEmpty = -1;
    for (; place < this.#count; place++) {
      const chunk = this.#at(place)!;
      const base = chunk.index * CHUNK;
      if (base >= end) break;
      this.pages -= chunk.punch(Math.max(0, start - base), Math.min(CHUNK, end - base));
      if (chunk.pages === 0) {
        if (firstEmpty < 0) firstEmpty = place;
      } else if (firstEmpty >= 0) {
        break;
      }
    }
    // What lies between the ends of the range is empty as a whole, so the empty ones are neighbours.
    if (firstEmpty >= 0) this.#drop(firstEmpty, place, space, uid);
  }

  /** Writes zeros where the range has memory. */
  zero(start: number, end: number): void {
    for (let place = this.#find(Math.floor(start / CHUNK)); place < this.#count; place++) {
      const chunk = this.#at(place)!;
      const base = chunk.index * CHUNK;
      if (base >= end) break;
      chunk.zero(Math.max(0, start - base), Math.min(CHUNK, end - base));
    }
  }

  /** Provides a range with memory, so that writing there cannot fail. Returns whether it could. */
  fill(start: number, end: number, space: Space, uid: number): boolean {
    if (end - start - this.held > space.available(uid)) return false;
    for (let at = start; at < end;) {
      const index = Math.floor(at / CHUNK);
      const base = index * CHUNK;
      const until = Math.min(CHUNK, end - base);
      const chunk = this.#reserve(index, at - base, until, space, uid);
      if (chunk === undefined || chunk.capacity < until) return false;
      this.pages += chunk.fill(at - base, until);
      at = base + until;
    }
    return true;
  }

  /** The first data at or after an offset; `undefined` if there is no more. */
  nextData(offset: number): number | undefined {
    const index = Math.floor(offset / CHUNK);
    for (let place = this.#find(index); place < this.#count; place++) {
      const chunk = this.#at(place)!;
      const page = chunk.index === index ? Math.floor((offset - index * CHUNK) / PAGE) : 0;
      const next = chunk.nextPage(page, true) * PAGE;
      if (next === CHUNK) continue;
      const found = Math.max(offset, chunk.index * CHUNK + next);
      return found < this.size ? found : undefined;
    }
    return undefined;
  }

  /** The first hole at or after an offset that lies before the end; the end counts as one. */
  nextHole(offset: number): number {
    let index = Math.floor(offset / CHUNK);
    let page = Math.floor((offset - index * CHUNK) / PAGE);
    for (let place = this.#find(index);; place++, index++, page = 0) {
      const chunk = this.#at(place);
      const next = chunk?.index === index ? chunk.nextPage(page, false) * PAGE : page * PAGE;
      if (next < CHUNK) return Math.min(this.size, Math.max(offset, index * CHUNK + next));
    }
  }

  get #count(): number {
    return Array.isArray(this.#chunks) ? this.#chunks.length : 1;
  }

  #at(place: number): Chunk | undefined {
    const chunks = this.#chunks;
    return Array.isArray(chunks) ? chunks[place] : place === 0 ? chunks : undefined;
  }

  /** Where the chunk of an index is, or would have to be put. */
  #find(index: number): number {
    // In a file without holes every chunk is at its own index.
    if (this.#at(index)?.index === index) return index;
    let low = 0;
    let high = this.#count;
    if (high === 0 || this.#at(high - 1)!.index < index) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle)!.index < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(place: number, chunk: Chunk): void {
    if (this.#count === 0) this.#chunks = chunk;
    else if (!Array.isArray(this.#chunks)) this.#chunks = [this.#chunks];
    if (Array.isArray(this.#chunks)) this.#chunks.splice(place, 0, chunk);
  }

  /**
   * Gives the chunk of an index memory for the bytes up to `end`, or as many as there is space for.
   *
   * @returns `undefined` if not even the byte at `start` has memory.
   */
  #reserve(
    index: number,
    start: number,
    end: number,
    space: Space,
    uid: number,
  ): Chunk | undefined {
    const place = this.#find(index);
    const found = this.#at(place);
    const chunk = found?.index === index ? found : undefined;
    const capacity = chunk?.capacity ?? 0;
    if (capacity >= end) return chunk;
    const room = capacity + space.available(uid);
    if (room <= start) return undefined;
    const before = place > 0 ? this.#at(place - 1) : undefined;
    const isStream = before?.index === index - 1 && before.capacity === CHUNK;
    const wanted = capacityFor(end, capacity, index === 0, isStream);
    const granted = wanted <= room ? wanted : Math.min(end, room);
    if (granted <= capacity) return chunk;
    if (chunk !== undefined) {
      if (!chunk.resize(granted, space.slabs)) return undefined;
      space.take(uid, granted - capacity);
      return chunk;
    }
    const made = Chunk.make(index, granted, space.slabs);
    if (made === undefined) return undefined;
    space.take(uid, granted);
    this.#insert(place, made);
    return made;
  }

  /** Frees the chunks from one place up to, not including, another. */
  #drop(from: number, to: number, space: Space, uid: number): void {
    for (let place = from; place < to; place++) {
      const chunk = this.#at(place)!;
      this.pages -= chunk.pageCount;
      space.give(uid, chunk.capacity);
      chunk.free();
    }
    if (to - from === this.#count) this.#chunks = NO_CHUNKS;
    else if (Array.isArray(this.#chunks)) this.#chunks.splice(from, to - from);
  }
}
