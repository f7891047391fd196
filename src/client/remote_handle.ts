import {
  BaseHandle,
  type DirPageEntry,
  type FileInfo,
  type FileLock,
  type Handle,
  O_APPEND,
  type OpContext,
  SEEK_END,
  type TimeChange,
  VfsError,
} from "../fs/mod.ts";
import type { OperationName, WireResponse2 } from "../protocol/mod.ts";
import { exact, infoOf, lockFields, lockOf, pageAfter } from "./_convert.ts";
import type { RemoteFile } from "./remote_file.ts";
import { CHMOD, chownFields, timeFields } from "./_setattr.ts";
import type { RequestFields, VfsClient } from "./vfs_client.ts";

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

/** A file or directory that is open at a server. */
export class RemoteHandle extends BaseHandle {
  readonly #client: VfsClient;
  readonly #file: RemoteFile;
  #isClosed = false;

  /**
   * Made by {@link RemoteProvider}.
   *
   * @param client The client that opened it.
   * @param file What it opened.
   */
  constructor(client: VfsClient, file: RemoteFile) {
    super();
    this.#client = client;
    this.#file = file;
    client.track(file);
  }

  #call<T>(
    name: OperationName,
    fields: RequestFields,
    take: (answer: WireResponse2) => T,
    context: OpContext | undefined,
    files: readonly RemoteFile[] = [this.#file],
  ): Promise<T> {
    if (this.#isClosed) return Promise.reject(new VfsError("EBADF", this.#file.path));
    return this.#client.call(name, fields, take, { context, files });
  }

  /** Reads at an offset, and answers how many bytes that were. */
  override async readAt(buffer: Uint8Array, offset: number, context?: OpContext): Promise<number> {
    const { maxRead, version } = this.#client.server;
    if (buffer.length <= maxRead && version === 2) return await this.#read(buffer, offset, context);
    if (version === 1) return await this.#readPatiently(buffer, offset, context);
    const parts: Promise<number>[] = [];
    for (let start = 0; start < buffer.length; start += maxRead) {
      parts.push(this.#read(buffer.subarray(start, start + maxRead), offset + start, context));
    }
    let total = 0;
    // A part that is short is the end: what was read behind it was written in between.
    for (const [i, count] of (await Promise.all(parts)).entries()) {
      total += count;
      if (count < Math.min(maxRead, buffer.length - i * maxRead)) break;
    }
    return total;
  }

  /** Version 1 does not tell the end of a file from a limit of the server but by nothing at all. */
  async #readPatiently(
    buffer: Uint8Array,
    offset: number,
    context: OpContext | undefined,
  ): Promise<number> {
    const { maxRead } = this.#client.server;
    let total = 0;
    while (total < buffer.length) {
      const part = buffer.subarray(total, total + maxRead);
      const count = await this.#read(part, offset + total, context);
      if (count === 0) break;
      total += count;
    }
    return total;
  }

  #read(buffer: Uint8Array, offset: number, context: OpContext | undefined): Promise<number> {
    return this.#call("read", { off: offset, sz: buffer.length }, ({ data }) => {
      if (data.length > buffer.length) throw new VfsError("EPROTO", "more data than wanted");
      buffer.set(data);
      return data.length;
    }, context);
  }

  /** Writes at an offset, and answers how many bytes that were. */
  override async writeAt(data: Uint8Array, offset: number, context?: OpContext): Promise<number> {
    const { maxWrite } = this.#client.server;
    let total = 0;
    do {
      const part = data.length <= maxWrite ? data : data.subarray(total, total + maxWrite);
      const count = await this.#write(part, offset + total, context);
      total += count;
      if (count < part.length) break;
    } while (total < data.length);
    return total;
  }

  #write(data: Uint8Array, off: number, context: OpContext | undefined): Promise<number> {
    return this.#call("write", { off, data }, ({ written }) => {
      const count = exact(written);
      if (count > data.length) throw new VfsError("EPROTO", "more written than sent");
      return count;
    }, context);
  }

  /** Writes where the last read or write ended. */
  override async write(data: Uint8Array, context?: OpContext): Promise<number> {
    const count = await super.write(data, context);
    // Wherever the end was, the position is behind it now.
    if ((this.#file.flags & O_APPEND) !== 0) await this.seek(0, SEEK_END, context);
    return count;
  }

  /** Describes the open file. */
  override stat(context?: OpContext): Promise<FileInfo> {
    const { path } = this.#file;
    // Version 1 describes no handles: the name is the best there is.
    const isOld = this.#client.server.version === 1;
    return this.#call(
      "getattr",
      isOld ? { path } : {},
      ({ attr }) => infoOf(attr),
      context,
      isOld ? [] : [this.#file],
    );
  }

  /** Lists the next names of the directory, or all of them. */
  override readDir(
    cursor: number,
    limit: number,
    plus = false,
    context?: OpContext,
  ): Promise<DirPageEntry[]> {
    return this.#call("readdir", { cursor, sz: limit, plus }, ({ page }) => {
      if (page.length > 0) this.#file.bound = "it was half listed";
      return pageAfter(cursor, page);
    }, context);
  }

  /** Sets the size of the file. */
  override truncate(size: number, context?: OpContext): Promise<void> {
    return this.#call("truncate", { off: size }, nothing, context);
  }

  /** Makes the file and its attributes lasting. */
  override sync(context?: OpContext): Promise<void> {
    return this.#call("fsync", {}, nothing, context);
  }

  /** Makes the content of the file lasting. */
  override datasync(context?: OpContext): Promise<void> {
    if (this.#client.server.version === 1) return this.sync(context);
    return this.#call("datasync", {}, nothing, context);
  }

  /** Sets the permissions of the open file. */
  override chmod(mode: number, context?: OpContext): Promise<void> {
    return this.#call("setattr", { mask: CHMOD, mode }, nothing, context);
  }

  /** Sets the owners of the open file. */
  override chown(uid: number, gid: number, context?: OpContext): Promise<void> {
    return this.#call("setattr", chownFields(uid, gid), nothing, context);
  }

  /** Sets the times of the open file. */
  override utimes(atime: TimeChange, mtime: TimeChange, context?: OpContext): Promise<void> {
    return this.#call("setattr", timeFields(atime, mtime), nothing, context);
  }

  /** Reserves space for a range, or frees it. */
  override allocate(
    mode: number,
    offset: number,
    length: number,
    context?: OpContext,
  ): Promise<void> {
    return this.#call("allocate", { mode, off: offset, len: length }, nothing, context);
  }

  /** Finds the next data. */
  override seekData(offset: number, context?: OpContext): Promise<number> {
    return this.#seek(offset, SEEK_DATA, context);
  }

  /** Finds the next hole. */
  override seekHole(offset: number, context?: OpContext): Promise<number> {
    return this.#seek(offset, SEEK_HOLE, context);
  }

  #seek(off: number, whence: number, context: OpContext | undefined): Promise<number> {
    return this.#call("seek", { off, whence }, (answer) => exact(answer.off), context);
  }

  /** Copies a range to another open file. */
  override copyRange(
    offset: number,
    target: Handle,
    targetOffset: number,
    length: number,
    context?: OpContext,
  ): Promise<number> {
    const isOurs = target instanceof RemoteHandle && target.#client === this.#client;
    if (!isOurs) return Promise.reject(new VfsError("EXDEV", this.#file.path));
    if (target.#isClosed) return Promise.reject(new VfsError("EBADF", target.#file.path));
    return this.#call(
      "copyrange",
      { off: offset, off2: targetOffset, len: length },
      ({ written }) => exact(written),
      context,
      [this.#file, target.#file],
    );
  }

  /** Takes, gives back or tries a lock on a range. */
  override async lock(lock: FileLock, wait = false, context?: OpContext): Promise<void> {
    await this.#call("lock", { ...lockFields(lock), wait }, nothing, context);
    if (lock.type !== "unlock") this.#file.bound = "it held a lock";
  }

  /** Tells which lock stands in the way of another. */
  override getLock(lock: FileLock, context?: OpContext): Promise<FileLock | undefined> {
    return this.#call("getlock", lockFields(lock), (answer) => lockOf(answer.lock), context);
  }

  /** Gives back what the open file holds. */
  override async close(context?: OpContext): Promise<void> {
    if (this.#isClosed) return;
    const released = this.#call("release", {}, nothing, context);
    this.#isClosed = true;
    this.#client.untrack(this.#file);
    await released;
  }
}

function nothing(): void {}
