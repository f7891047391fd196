import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirPageEntry } from "../fs/info.ts";
import { type DescribeChild, describeEach } from "./_router_names.ts";
import { RenumberedHandle } from "./_router_handle.ts";

/**
 * An open directory in which mounts lie. It lists first the names that lead to mounts, as they were
 * when it was opened, and then what the provider that covers it has beside them.
 */
export class MergedDirectory extends RenumberedHandle {
  readonly #names: readonly string[];
  readonly #hidden: ReadonlySet<string>;
  readonly #describe: DescribeChild;

  /**
   * @param inner The directory of the covering provider, its inode numbers already right.
   * @param names The names that lead to mounts.
   * @param describe Describes such a name.
   */
  constructor(inner: Handle, names: readonly string[], describe: DescribeChild) {
    super(inner, 0n);
    this.#names = names;
    this.#hidden = new Set(names);
    this.#describe = describe;
  }

  /** Cursors up to the number of names are places between them; those above are the provider's. */
  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    const count = this.#names.length;
    if (cursor >= count) return this.#readBeside(cursor - count, limit, plus, context);
    const names = this.#names.slice(cursor, cursor + limit);
    return andThen(describeEach(names, this.#describe, plus, context), (found) => {
      const page = found.flatMap((entry, i) =>
        entry === undefined ? [] : [{ ...entry, cursor: cursor + i + 1 }]
      );
      // Every name of the page may have gone; an empty page would mean the end.
      return page.length > 0 ? page : this.readDir(cursor + names.length, limit, plus, context);
    });
  }

  #readBeside(
    cursor: number,
    limit: number,
    plus: boolean,
    context: OpContext | undefined,
  ): Awaitable<DirPageEntry[]> {
    return andThen(this.inner.readDir(cursor, limit, plus, context), (entries) => {
      const page = entries
        .filter((entry) => !this.#hidden.has(entry.name))
        .map((entry) => ({ ...entry, cursor: entry.cursor + this.#names.length }));
      return page.length > 0 || entries.length === 0
        ? page
        : this.#readBeside(entries.at(-1)!.cursor, limit, plus, context);
    });
  }
}
