import { Buffer } from "node:buffer";
import fs from "node:fs";
import {
  BaseHandle,
  BaseProvider,
  type DirEntry,
  type FileInfo,
  type Handle,
  O_CREAT,
  O_EXCL,
  O_RDWR,
  type TimeChange,
  timespecFromMs,
  toVfsError,
  VfsError,
} from "../../src/fs/mod.ts";

/**
 * A directory served as it is done again and again: the guest's path is appended to the root and
 * given to the host. It is what the race must catch, or the race proves nothing.
 */
export class NaiveProvider extends BaseProvider {
  readonly #root: string;

  constructor(root: string) {
    super();
    this.#root = root;
  }

  override get readonly(): boolean {
    return false;
  }

  #do<T>(path: string, call: (path: string) => T): T {
    try {
      return call(this.#root + path);
    } catch (error) {
      throw toVfsError(error, path);
    }
  }

  override stat(path: string): FileInfo {
    return this.#do(path, (path) => infoOf(fs.lstatSync(path, { bigint: true })));
  }

  override readDir(path: string): DirEntry[] {
    return this.#do(path, (path) => fs.readdirSync(path))
      .map((name) => ({ name, ino: 0n, mode: 0 }));
  }

  override open(path: string, flags: number, mode = 0): Handle {
    return new NaiveHandle(this.#do(path, (path) => fs.openSync(path, flags, mode)));
  }

  override create(path: string, mode: number): Handle {
    return this.open(path, O_RDWR | O_CREAT | O_EXCL, mode);
  }

  override mkdir(path: string, mode: number): void {
    this.#do(path, (path) => fs.mkdirSync(path, mode));
  }

  override mkdirAll(path: string): void {
    this.#do(path, (path) => fs.mkdirSync(path, { recursive: true }));
  }

  override symlink(target: string, path: string): void {
    this.#do(path, (path) => fs.symlinkSync(target, path));
  }

  override link(existing: string, path: string): void {
    this.#do(path, (path) => fs.linkSync(this.#root + existing, path));
  }

  override readlink(path: string): string {
    return this.#do(path, (path) => fs.readlinkSync(path));
  }

  override unlink(path: string): void {
    this.#do(path, (path) => fs.unlinkSync(path));
  }

  override rmdir(path: string): void {
    this.#do(path, (path) => fs.rmdirSync(path));
  }

  override removeAll(path: string): void {
    try {
      fs.rmSync(this.#root + path, { recursive: true, force: true });
    } catch (error) {
      // Some runtimes are confused by what goes on, and say so in errors without an errno.
      throw new VfsError("EBUSY", path, { cause: error });
    }
  }

  override rename(from: string, to: string): void {
    this.#do(from, (from) => fs.renameSync(from, this.#root + to));
  }

  override chmod(path: string, mode: number): void {
    this.#do(path, (path) => fs.chmodSync(path, mode));
  }

  override chown(path: string, uid: number, gid: number): void {
    this.#do(path, (path) => fs.chownSync(path, uid, gid));
  }

  override utimes(path: string, atime: TimeChange, mtime: TimeChange): void {
    const seconds = (change: TimeChange) => typeof change === "object" ? change.sec : 0;
    this.#do(path, (path) => fs.utimesSync(path, seconds(atime), seconds(mtime)));
  }

  override truncate(path: string, size: number): void {
    this.#do(path, (path) => fs.truncateSync(path, size));
  }
}

class NaiveHandle extends BaseHandle {
  readonly #file: number;

  constructor(file: number) {
    super();
    this.#file = file;
  }

  override stat(): FileInfo {
    return infoOf(fs.fstatSync(this.#file, { bigint: true }));
  }

  override readAt(buffer: Uint8Array, offset: number): number {
    return fs.readSync(this.#file, buffer, 0, buffer.length, offset);
  }

  override writeAt(data: Uint8Array, offset: number): number {
    return fs.writeSync(this.#file, Buffer.from(data), 0, data.length, offset);
  }

  override close(): void {
    fs.closeSync(this.#file);
  }
}

function infoOf(stats: fs.BigIntStats): FileInfo {
  const time = timespecFromMs(0);
  return {
    ino: stats.ino,
    mode: Number(stats.mode),
    nlink: Number(stats.nlink),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    rdev: Number(stats.rdev),
    size: Number(stats.size),
    blocks: 0,
    blksize: 4096,
    atime: time,
    mtime: time,
    ctime: time,
  };
}
