import * as fs from "node:fs";
import {
  BaseHandle,
  type DirPageEntry,
  type FileInfo,
  O_APPEND,
  type TimeChange,
  VfsError,
} from "../src/fs/mod.ts";
import { hostInfo, hostTime, listHost, sys } from "./_host_calls.ts";

/** An open file of the host, through `node:fs` and nothing else. */
export class HostHandle extends BaseHandle {
  #fd: number;
  readonly #append: boolean;
  #listing: Omit<DirPageEntry, "cursor">[] | undefined;

  constructor(fd: number, flags: number) {
    super();
    this.#fd = fd;
    this.#append = (flags & O_APPEND) !== 0;
  }

  #open(): number {
    if (this.#fd === -1) throw new VfsError("EBADF");
    return this.#fd;
  }

  override readAt(buffer: Uint8Array, offset: number): number {
    const fd = this.#open();
    return sys(() => fs.readSync(fd, buffer, 0, buffer.length, offset));
  }

  override writeAt(data: Uint8Array, offset: number): number {
    const fd = this.#open();
    return sys(() => fs.writeSync(fd, data, 0, data.length, offset));
  }

  override write(data: Uint8Array): number {
    return this.#append ? this.#writeAtEnd(data) : super.write(data) as number;
  }

  #writeAtEnd(data: Uint8Array): number {
    const count = this.writeAt(data, 0);
    this.seek(0, 2);
    return count;
  }

  override stat(): FileInfo {
    return sys(() => hostInfo(fs.fstatSync(this.#open(), { bigint: true })));
  }

  override readDir(cursor: number, limit: number, plus = false): DirPageEntry[] {
    const directory = `/proc/self/fd/${this.#open()}`;
    return sys(() => {
      if (!fs.fstatSync(this.#fd).isDirectory()) throw new VfsError("ENOTDIR");
      if (cursor === 0 || this.#listing === undefined) this.#listing = listHost(directory, plus);
      return this.#listing.slice(cursor, cursor + limit)
        .map((entry, i) => ({ ...entry, cursor: cursor + i + 1 }));
    });
  }

  override truncate(size: number): void {
    sys(() => fs.ftruncateSync(this.#open(), size));
  }

  override sync(): void {
    sys(() => fs.fsyncSync(this.#open()));
  }

  override datasync(): void {
    sys(() => fs.fdatasyncSync(this.#open()));
  }

  override chmod(mode: number): void {
    sys(() => fs.fchmodSync(this.#open(), mode & 0o7777));
  }

  override chown(uid: number, gid: number): void {
    sys(() => fs.fchownSync(this.#open(), uid, gid));
  }

  override utimes(atime: TimeChange, mtime: TimeChange): void {
    const info = this.stat();
    sys(() => fs.futimesSync(this.#fd, hostTime(atime, info.atime), hostTime(mtime, info.mtime)));
  }

  override close(): void {
    if (this.#fd === -1) return;
    const fd = this.#fd;
    this.#fd = -1;
    sys(() => fs.closeSync(fd));
  }
}
