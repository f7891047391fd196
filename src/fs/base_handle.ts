import { andThen, type Awaitable } from "./awaitable.ts";
import type { OpContext } from "./context.ts";
import { VfsError } from "./error.ts";
import { SEEK_CUR, SEEK_END, SEEK_SET } from "./flags.ts";
import type { Handle } from "./handle.ts";
import type { DirPageEntry, FileInfo } from "./info.ts";
import type { FileLock } from "./lock.ts";
import type { TimeChange } from "./time.ts";

/**
 * A handle that can do nothing yet: derive from it and override what yours can.
 *
 * What is left out fails with the errno that POSIX or Linux documents for a file that lacks the
 * ability; nothing pretends to succeed. `read`, `write` and `seek` keep a position and work as soon
 * as `readAt`, `writeAt` and `stat` do; the whole file is data, without holes.
 *
 * | left out | answer |
 * |---|---|
 * | `readAt`, `writeAt` | EBADF |
 * | `readDir` | ENOTDIR |
 * | `truncate` | EINVAL |
 * | `sync`, `datasync` | EINVAL |
 * | `chmod`, `chown`, `utimes` | EPERM |
 * | `allocate` | EOPNOTSUPP |
 * | `copyRange` | EXDEV: the caller copies by reading and writing |
 * | `lock`, `getLock` | ENOLCK |
 *
 * @example
 * ```ts
 * import { BaseHandle, type FileInfo, now, S_IFREG } from "@vfs/server/core";
 *
 * class Zeros extends BaseHandle {
 *   override readAt(buffer: Uint8Array): number {
 *     return buffer.fill(0).length;
 *   }
 *   override stat(): FileInfo {
 *     const time = now();
 *     return {
 *       ino: 1n, mode: S_IFREG | 0o444, nlink: 1, uid: 0, gid: 0, rdev: 0, size: 0,
 *       blocks: 0, blksize: 4096, atime: time, mtime: time, ctime: time,
 *     };
 *   }
 * }
 * console.log(new Zeros().readAt(new Uint8Array(8))); // 8
 * ```
 */
export abstract class BaseHandle implements Handle {
  #position = 0;

  /** Describes the open file: the one operation that every handle must have. */
  abstract stat(context?: OpContext): Awaitable<FileInfo>;

  /** Fails with EBADF: the handle is not open for reading. */
  readAt(_buffer: Uint8Array, _offset: number, _context?: OpContext): Awaitable<number> {
    throw new VfsError("EBADF");
  }

  /** Fails with EBADF: the handle is not open for writing. */
  writeAt(_data: Uint8Array, _offset: number, _context?: OpContext): Awaitable<number> {
    throw new VfsError("EBADF");
  }

  /** Reads at the position by `readAt`. */
  read(buffer: Uint8Array, context?: OpContext): Awaitable<number> {
    return andThen(this.readAt(buffer, this.#position, context), (count) => {
      this.#position += count;
      return count;
    });
  }

  /** Writes at the position by `writeAt`. */
  write(data: Uint8Array, context?: OpContext): Awaitable<number> {
    return andThen(this.writeAt(data, this.#position, context), (count) => {
      this.#position += count;
      return count;
    });
  }

  /** Moves the position; asks `stat` for the size where that matters. */
  seek(offset: number, whence: number, context?: OpContext): Awaitable<number> {
    switch (whence) {
      case SEEK_SET:
        return this.#moveTo(offset);
      case SEEK_CUR:
        return this.#moveTo(this.#position + offset);
      case SEEK_END:
        return andThen(this.stat(context), (info) => this.#moveTo(info.size + offset));
      default:
        throw new VfsError("EINVAL");
    }
  }

  #moveTo(position: number): number {
    if (!Number.isSafeInteger(position) || position < 0) throw new VfsError("EINVAL");
    return this.#position = position;
  }

  /** Fails with ENOTDIR. */
  readDir(
    _cursor: number,
    _limit: number,
    _plus?: boolean,
    _context?: OpContext,
  ): Awaitable<DirPageEntry[]> {
    throw new VfsError("ENOTDIR");
  }

  /** Fails with EINVAL: the handle is not open for writing. */
  truncate(_size: number, _context?: OpContext): Awaitable<void> {
    throw new VfsError("EINVAL");
  }

  /** Fails with EINVAL: the file does not support synchronization. */
  sync(_context?: OpContext): Awaitable<void> {
    throw new VfsError("EINVAL");
  }

  /** Does what `sync` does. */
  datasync(context?: OpContext): Awaitable<void> {
    return this.sync(context);
  }

  /** Fails with EPERM. */
  chmod(_mode: number, _context?: OpContext): Awaitable<void> {
    throw new VfsError("EPERM");
  }

  /** Fails with EPERM. */
  chown(_uid: number, _gid: number, _context?: OpContext): Awaitable<void> {
    throw new VfsError("EPERM");
  }

  /** Fails with EPERM. */
  utimes(_atime: TimeChange, _mtime: TimeChange, _context?: OpContext): Awaitable<void> {
    throw new VfsError("EPERM");
  }

  /** Fails with EOPNOTSUPP. */
  allocate(
    _mode: number,
    _offset: number,
    _length: number,
    _context?: OpContext,
  ): Awaitable<void> {
    throw new VfsError("EOPNOTSUPP");
  }

  /** Finds data everywhere before the end. */
  seekData(offset: number, context?: OpContext): Awaitable<number> {
    return andThen(this.stat(context), ({ size }) => {
      if (offset >= size) throw new VfsError("ENXIO");
      return offset;
    });
  }

  /** Finds a hole only at the end. */
  seekHole(offset: number, context?: OpContext): Awaitable<number> {
    return andThen(this.stat(context), ({ size }) => {
      if (offset >= size) throw new VfsError("ENXIO");
      return size;
    });
  }

  /** Fails with EXDEV, at which callers copy by reading and writing. */
  copyRange(
    _offset: number,
    _target: Handle,
    _targetOffset: number,
    _length: number,
    _context?: OpContext,
  ): Awaitable<number> {
    throw new VfsError("EXDEV");
  }

  /** Fails with ENOLCK. */
  lock(_lock: FileLock, _wait?: boolean, _context?: OpContext): Awaitable<void> {
    throw new VfsError("ENOLCK");
  }

  /** Fails with ENOLCK. */
  getLock(_lock: FileLock, _context?: OpContext): Awaitable<FileLock | undefined> {
    throw new VfsError("ENOLCK");
  }

  /** Does nothing: there is nothing to free. */
  close(_context?: OpContext): Awaitable<void> {}
}
