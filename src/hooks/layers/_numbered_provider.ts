import { ForwardingHandle } from "../../fs/_forwarding_handle.ts";
import { andThen, type Awaitable } from "../../fs/awaitable.ts";
import type { OpContext } from "../../fs/context.ts";
import type { Handle } from "../../fs/handle.ts";
import type { DirEntry, DirPageEntry, FileInfo } from "../../fs/info.ts";
import type { Provider } from "../../fs/provider.ts";
import { ForwardingProvider } from "./_forwarding_provider.ts";

/** A bit of inode numbers that filesystems do not reach and the router does not use. */
const FIRST_BIT = 40n;

/** A tree with its inode numbers moved out of the way of another tree's. */
export class NumberedProvider extends ForwardingProvider {
  readonly #inner: Provider;
  readonly #mask: bigint;

  constructor(inner: Provider, index: number) {
    super();
    this.#inner = inner;
    this.#mask = BigInt(index + 1) << FIRST_BIT;
  }

  override at(): Provider {
    return this.#inner;
  }

  override stat(path: string, context?: OpContext): Awaitable<FileInfo> {
    return andThen(super.stat(path, context), (info) => this.#info(info));
  }

  override lookup(path: string, context?: OpContext): Awaitable<FileInfo | undefined> {
    return andThen(super.lookup(path, context), (info) => info && this.#info(info));
  }

  override readDir(path: string, plus?: boolean, context?: OpContext): Awaitable<DirEntry[]> {
    return andThen(
      super.readDir(path, plus, context),
      (entries) => entries.map((entry) => this.#entry(entry)),
    );
  }

  override open(
    path: string,
    flags: number,
    mode?: number,
    context?: OpContext,
  ): Awaitable<Handle> {
    return andThen(super.open(path, flags, mode, context), (handle) => this.#handle(handle));
  }

  override openDir(path: string, context?: OpContext): Awaitable<Handle> {
    return andThen(super.openDir(path, context), (handle) => this.#handle(handle));
  }

  #info(info: FileInfo): FileInfo {
    return { ...info, ino: info.ino ^ this.#mask };
  }

  #entry<T extends DirEntry>(entry: T): T {
    const ino = entry.ino ^ this.#mask;
    return entry.info === undefined
      ? { ...entry, ino }
      : { ...entry, ino, info: this.#info(entry.info) };
  }

  #handle(handle: Handle): Handle {
    return new NumberedHandle(
      handle,
      (info) => this.#info(info),
      (entry) => this.#entry(entry),
    );
  }
}

class NumberedHandle extends ForwardingHandle {
  readonly #info: (info: FileInfo) => FileInfo;
  readonly #entry: (entry: DirPageEntry) => DirPageEntry;

  constructor(
    inner: Handle,
    info: (info: FileInfo) => FileInfo,
    entry: (entry: DirPageEntry) => DirPageEntry,
  ) {
    super(inner);
    this.#info = info;
    this.#entry = entry;
  }

  override stat(context?: OpContext): Awaitable<FileInfo> {
    return andThen(this.inner.stat(context), this.#info);
  }

  override readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    return andThen(
      this.inner.readDir(cursor, limit, plus, context),
      (entries) => entries.map(this.#entry),
    );
  }

  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    const other = target instanceof NumberedHandle ? target.inner : target;
    return this.inner.copyRange(offset, other, targetOffset, length, context);
  }
}
