import type { ResolvedFuseOptions } from "./options.ts";

/** After so many milliseconds the kernel may have forgotten what it could believe for longer. */
const LONGEST_MOMENT = 5000;

/** The time is asked for once in so many lookups. */
const SAMPLE = 8;

/**
 * What the kernel believes of all that is in a directory. It asks for attributes whenever somebody
 * begins to list, but those that it got a moment ago it still believes, and to take them once more
 * would cost it, the provider and us more than the listing does.
 */
export class Described {
  /** When all attributes were told, by the session's clock. */
  #at = -Infinity;
  /** How many names were looked up since the last listing began, and when about the last was. */
  #lookups = 0;
  #lookedUpAt = -Infinity;
  /** How many names there were at the end of the last listing. */
  #size = Infinity;

  /** Notes that attributes were told because a name was looked up. */
  lookedUp(): void {
    if (++this.#lookups % SAMPLE === 0) this.#lookedUpAt = performance.now();
  }

  /** Notes how many names a listing had that is complete. */
  listed(size: number): void {
    this.#size = size;
  }

  /** Whether a listing that begins shall bring attributes along. */
  begin({ entryLifetime, attrLifetime }: ResolvedFuseOptions): boolean {
    const moment = Math.min(entryLifetime / 2, attrLifetime / 2, LONGEST_MOMENT);
    // Whoever has just asked for nearly all of them by name knows them.
    if (this.#lookups + SAMPLE > this.#size) this.#at = Math.max(this.#at, this.#lookedUpAt);
    this.#lookups = 0;
    const now = performance.now();
    if (now - this.#at < moment) return false;
    this.#at = now;
    return true;
  }
}
