import { type Change, isWithin } from "../fs/mod.ts";
import type { WireChange } from "../protocol/mod.ts";

const KINDS: readonly Change["kind"][] = ["entry", "inode", "tree"];

/** Who listens to what, and what the server is asked for on their behalf. */
export class Subscriptions {
  readonly #listeners = new Map<string, Set<(change: Change) => void>>();

  /** What the server has to be asked for. */
  get paths(): string[] {
    return [...this.#listeners.keys()];
  }

  /** Adds a listener. True if it is the first for its path. */
  add(path: string, listener: (change: Change) => void): boolean {
    const known = this.#listeners.get(path);
    if (known !== undefined) known.add(listener);
    else this.#listeners.set(path, new Set([listener]));
    return known === undefined;
  }

  /** Removes a listener. True if it was the last for its path. */
  remove(path: string, listener: (change: Change) => void): boolean {
    const listeners = this.#listeners.get(path);
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return false;
    return this.#listeners.delete(path);
  }

  /** Tells of a change that the server reported. */
  notice({ kind, path, ino }: WireChange): void {
    // A kind that is not known yet: anything may have changed there.
    const known = KINDS[kind - 1] ?? "tree";
    this.tell({ kind: known, path, ...(ino ? { ino: BigInt(ino) } : {}) });
  }

  /** Tells everybody whom a change concerns. */
  tell(change: Change): void {
    for (const [top, listeners] of this.#listeners) {
      if (!isWithin(change.path, top) && !isWithin(top, change.path)) continue;
      for (const listener of listeners) listener(change);
    }
  }
}
