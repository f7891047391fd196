import type { Awaitable } from "./awaitable.ts";
import type { OpContext } from "./context.ts";
import type { Handle } from "./handle.ts";
import type { DirPageEntry, FileInfo } from "./info.ts";
import type { FileLock } from "./lock.ts";
import type { TimeChange } from "./time.ts";

/** A handle that has everything done by another one. */
export class ForwardingHandle implements Handle {
  readonly inner: Handle;

  constructor(inner: Handle) {
    this.inner = inner;
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
    return this.inner.stat(context);
  }

  readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    return this.inner.readDir(cursor, limit, plus, context);
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
    return this.inner.copyRange(offset, target, targetOffset, length, context);
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
