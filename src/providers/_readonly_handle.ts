import {
  type Awaitable,
  type DirPageEntry,
  type FileInfo,
  type FileLock,
  type Handle,
  type OpContext,
  type TimeChange,
  VfsError,
} from "../fs/mod.ts";

/** A handle that was opened for reading, without the changes that such a handle still allows. */
export class ReadonlyHandle implements Handle {
  readonly #inner: Handle;

  constructor(inner: Handle) {
    this.#inner = inner;
  }

  readAt(buffer: Uint8Array, offset: number, context?: OpContext): Awaitable<number> {
    return this.#inner.readAt(buffer, offset, context);
  }

  writeAt(_data: Uint8Array, _offset: number, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  read(buffer: Uint8Array, context?: OpContext): Awaitable<number> {
    return this.#inner.read(buffer, context);
  }

  write(_data: Uint8Array, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  seek(offset: number, whence: number, context?: OpContext): Awaitable<number> {
    return this.#inner.seek(offset, whence, context);
  }

  stat(context?: OpContext): Awaitable<FileInfo> {
    return this.#inner.stat(context);
  }

  readDir(
    cursor: number,
    limit: number,
    plus?: boolean,
    context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    return this.#inner.readDir(cursor, limit, plus, context);
  }

  truncate(_size: number, _context?: OpContext): void {
    throw new VfsError("EINVAL");
  }

  sync(context?: OpContext): Awaitable<void> {
    return this.#inner.sync(context);
  }

  datasync(context?: OpContext): Awaitable<void> {
    return this.#inner.datasync(context);
  }

  chmod(_mode: number, _context?: OpContext): void {
    throw new VfsError("EROFS");
  }

  chown(_uid: number, _gid: number, _context?: OpContext): void {
    throw new VfsError("EROFS");
  }

  utimes(atime: TimeChange, mtime: TimeChange, _context?: OpContext): void {
    if (atime !== "omit" || mtime !== "omit") throw new VfsError("EROFS");
  }

  allocate(_mode: number, _offset: number, _length: number, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  seekData(offset: number, context?: OpContext): Awaitable<number> {
    return this.#inner.seekData(offset, context);
  }

  seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return this.#inner.seekHole(offset, context);
  }

  copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Awaitable<number> {
    if (target instanceof ReadonlyHandle) throw new VfsError("EBADF");
    return this.#inner.copyRange(offset, target, targetOffset, length, context);
  }

  lock(lock: FileLock, wait?: boolean, context?: OpContext): Awaitable<void> {
    return this.#inner.lock(lock, wait, context);
  }

  getLock(lock: FileLock, context?: OpContext): Awaitable<FileLock | undefined> {
    return this.#inner.getLock(lock, context);
  }

  close(context?: OpContext): Awaitable<void> {
    return this.#inner.close(context);
  }
}
