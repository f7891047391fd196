import { andThen, type Awaitable } from "./awaitable.ts";
import { BaseHandle } from "./base_handle.ts";
import type { OpContext } from "./context.ts";
import { VfsError } from "./error.ts";
import type { DirEntry, DirPageEntry, FileInfo } from "./info.ts";
import type { Provider } from "./provider.ts";

/**
 * An open directory for a provider that can only list a directory as a whole.
 *
 * The listing is taken when the first page is asked for, and again whenever somebody starts over;
 * the pages in between are cut from it, so an entry that stays is listed exactly once.
 */
export class ListingHandle extends BaseHandle {
  readonly #provider: Provider;
  readonly #path: string;
  #entries: DirEntry[] | undefined;

  /**
   * Opens a directory of a provider that lists directories as a whole.
   *
   * @param provider Whose directory it is.
   * @param path The directory.
   */
  constructor(provider: Provider, path: string) {
    super();
    this.#provider = provider;
    this.#path = path;
  }

  /** Describes the open file. */
  override stat(context?: OpContext): Awaitable<FileInfo> {
    return this.#provider.stat(this.#path, context);
  }

  /** Reads at an offset, and answers how many bytes that were. */
  override readAt(): never {
    throw new VfsError("EISDIR", this.#path);
  }

  /** Lists the next names of the directory, or all of them. */
  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    if (cursor !== 0 && this.#entries !== undefined) {
      return this.#page(this.#entries, cursor, limit);
    }
    return andThen(this.#provider.readDir(this.#path, plus, context), (entries) => {
      this.#entries = entries;
      return this.#page(entries, cursor, limit);
    });
  }

  /** A cursor is the number of entries before it. */
  #page(entries: DirEntry[], cursor: number, limit: number): DirPageEntry[] {
    return entries.slice(cursor, cursor + limit)
      .map((entry, i) => ({ ...entry, cursor: cursor + i + 1 }));
  }

  /** Gives back what the open file holds. */
  override close(): void {
    this.#entries = undefined;
  }
}
