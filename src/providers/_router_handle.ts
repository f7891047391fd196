import { ForwardingHandle } from "../fs/_forwarding_handle.ts";
import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirPageEntry, FileInfo } from "../fs/info.ts";
import { renumberEntry, renumberInfo } from "./_router_numbers.ts";

/** A handle of a mounted provider, with the number of the mount in the inode numbers it tells. */
export class RenumberedHandle extends ForwardingHandle {
  readonly #mask: bigint;

  constructor(inner: Handle, mask: bigint) {
    super(inner);
    this.#mask = mask;
  }

  override stat(context?: OpContext): Awaitable<FileInfo> {
    return andThen(super.stat(context), (info) => renumberInfo(info, this.#mask));
  }

  override readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    const page = super.readDir(cursor, limit, plus, context);
    return andThen(page, (entries) => entries.map((entry) => renumberEntry(entry, this.#mask)));
  }

  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    // The provider knows its own handles only; it answers those of others with EXDEV.
    const inner = target instanceof RenumberedHandle ? target.inner : target;
    return super.copyRange(offset, inner, targetOffset, length, context);
  }
}
