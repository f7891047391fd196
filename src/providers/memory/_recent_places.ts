import type { Place } from "./_place.ts";

/** How many places are remembered at first, and at most; powers of two. */
const FEW = 64;
const MOST = 4096;

/** Longer paths are not worth the memory that they would keep. */
const LONGEST = 256;

/** So many characters at the end of a path choose where it is remembered. */
const TELLING = 8;

/**
 * Places that were looked at lately. Paths come again and again, and one that is known needs not be
 * taken apart.
 */
export class RecentPlaces {
  #places: (Place | undefined)[] = new Array(FEW).fill(undefined);
  /** How many have taken the slot of another since there were more slots. */
  #displaced = 0;

  /** The place of a path, if it is remembered, as it was then. */
  find(path: string): Place | undefined {
    const place = this.#places[this.#slotOf(path)];
    return place !== undefined && place.path === path ? place : undefined;
  }

  /** Remembers a place, and forgets the one that has its slot. */
  add(place: Place): void {
    if (place.path.length > LONGEST) return;
    const slot = this.#slotOf(place.path);
    const other = this.#places[slot];
    this.#places[slot] = place;
    const { length } = this.#places;
    if (other !== undefined && length < MOST && ++this.#displaced > length) this.#grow(4 * length);
  }

  /** Most trees are small, and need not pay for what large ones use. */
  #grow(length: number): void {
    const places = this.#places;
    this.#places = new Array(length).fill(undefined);
    this.#displaced = 0;
    for (const place of places) if (place !== undefined) this.add(place);
  }

  #slotOf(path: string): number {
    const { length } = path;
    let hash = length;
    for (let i = Math.max(0, length - TELLING); i < length; i++) {
      hash = (hash * 31 + path.charCodeAt(i)) | 0;
    }
    return hash & (this.#places.length - 1);
  }
}
