import {
  type Awaitable,
  type DirPageEntry,
  type FileInfo,
  type FileLock,
  type Handle,
  type OpContext,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
  type TimeChange,
  VfsError,
} from "../../fs/mod.ts";
import type { Inode } from "./_inode.ts";
import type { Volume } from "./_volume.ts";
import type { MemoryHandle } from "./memory_handle.ts";

/** What `O_PATH` opens: a reference to an inode that can be described, and the base of the rest. */
export class PathHandle implements MemoryHandle {
  readonly volume: Volume;
  readonly #inode: Inode;
  #isOpen = true;
  protected position = 0;

  constructor(volume: Volume, inode: Inode) {
    this.volume = volume;
    this.#inode = inode;
    inode.opens++;
  }

  /** The inode of a handle that is not closed. */
  protected get inode(): Inode {
    if (!this.#isOpen) throw new VfsError("EBADF");
    return this.#inode;
  }

  stat(_context?: OpContext): FileInfo {
    return this.inode.info();
  }

  seek(offset: number, whence: number, _context?: OpContext): number {
    let from: number;
    if (whence === SEEK_SET) from = 0;
    else if (whence === SEEK_CUR) from = this.position;
    else if (whence === SEEK_END) from = this.stat().size;
    else throw new VfsError("EINVAL");
    const position = from + offset;
    if (!Number.isSafeInteger(position) || position < 0) throw new VfsError("EINVAL");
    return this.position = position;
  }

  close(_context?: OpContext): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.released(this.#inode);
    this.#inode.opens--;
    this.volume.release(this.#inode);
  }

  /** Gives back what else was taken through the handle. */
  protected released(_inode: Inode): void {}

  readAt(_buffer: Uint8Array, _offset: number, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  writeAt(_data: Uint8Array, _offset: number, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  read(buffer: Uint8Array, context?: OpContext): number {
    return this.readAt(buffer, this.position, context);
  }

  write(data: Uint8Array, context?: OpContext): number {
    return this.writeAt(data, this.position, context);
  }

  readDir(_cursor: number, _limit: number, _plus?: boolean, _context?: OpContext): DirPageEntry[] {
    throw new VfsError("EBADF");
  }

  truncate(_size: number, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  sync(_context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  datasync(context?: OpContext): void {
    this.sync(context);
  }

  chmod(_mode: number, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  chown(_uid: number, _gid: number, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  utimes(_atime: TimeChange, _mtime: TimeChange, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  allocate(_mode: number, _offset: number, _length: number, _context?: OpContext): void {
    throw new VfsError("EBADF");
  }

  seekData(_offset: number, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  seekHole(_offset: number, _context?: OpContext): number {
    throw new VfsError("EBADF");
  }

  copyRange(
    _offset: number,
    _target: Handle,
    _targetOffset: number,
    _length: number,
    _context?: OpContext,
  ): number {
    throw new VfsError("EBADF");
  }

  lock(_lock: FileLock, _wait?: boolean, _context?: OpContext): Awaitable<void> {
    throw new VfsError("EBADF");
  }

  getLock(_lock: FileLock, _context?: OpContext): FileLock | undefined {
    throw new VfsError("EBADF");
  }
}
