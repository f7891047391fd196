import { andThen, type Awaitable } from "../fs/awaitable.ts";
import type { OpContext } from "../fs/context.ts";
import type { Handle } from "../fs/handle.ts";
import type { DirPageEntry, FileInfo } from "../fs/info.ts";
import type { FileLock } from "../fs/lock.ts";
import type { TimeChange } from "../fs/time.ts";
import { renumberEntry, renumberInfo } from "./_router_numbers.ts";

/** A handle of a mounted provider, with the number of the mount in the inode numbers it tells. */
export class RenumberedHandle implements Handle {
  readonly inner: Handle;
  readonly #mask: bigint;

  constructor(inner: Handle, mask: bigint) {
    this.inner = inner;
    this.#mask = mask;
  }

  readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    return this.inner.readAt(buffer, offset, context);
  }

  writeAt(data: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    return this.inner.writeAt(data, offset, context);
  }

  read(buffer: Uint8Array, context?: OpContext): Awaitable<number> {
    return this.inner.read(buffer, context);
  }

  write(data: Uint8Array, context?: OpContext): Awaitable<number> {
    return this.inner.write(data, context);
  }

  seek(offset: number, whence: number, context?: OpContext): Awaitable<number> {
    return this.inner.seek(offset, whence, context);
  }

  stat(context?: OpContext): Awaitable<FileInfo> {
    return andThen(this.inner.stat(context), (info) => renumberInfo(info, this.#mask));
  }

  readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    const page = this.inner.readDir(cursor, limit, plus, context);
    return andThen(page, (entries) => entries.map((entry) => renumberEntry(entry, this.#mask)));
  }

  truncate(size: number, context?: OpContext): Awaitable<void> {
    return this.inner.truncate(size, context);
  }

  sync(context?: OpContext): Awaitable<void> {
    return this.inner.sync(context);
  }

  datasync(context?: OpContext): Awaitable<void> {
    return this.inner.datasync(context);
  }

  chmod(mode: number, context?: OpContext): Awaitable<void> {
    return this.inner.chmod(mode, context);
  }

  chown(uid: number, gid: number, context?: OpContext): Awaitable<void> {
    return this.inner.chown(uid, gid, context);
  }

  utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): Awaitable<void> {
    return this.inner.utimes(atime, mtime, context);
  }

  allocate(mode: number, offset: number, length: number, context?: OpContext): Awaitable<void> {
    return this.inner.allocate(mode, offset, length, context);
  }

  seekData(offset: number, context?: OpContext): Awaitable<number> {
    return this.inner.seekData(offset, context);
  }

  seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return this.inner.seekHole(offset, context);
  }

  copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    // The provider knows its own handles only; it answers those of others with EXDEV.
    const inner = target instanceof RenumberedHandle ? target.inner : target;
    return this.inner.copyRange(offset, inner, targetOffset, length, context);
  }

  lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void> {
    return this.inner.lock(lock, wait, context);
  }

  getLock(lock: FileLock, context?: OpContext): Awaitable<FileLock | undefined> {
    return this.inner.getLock(lock, context);
  }

  close(context?: OpContext): Awaitable<void> {
    return this.inner.close(context);
  }
}
