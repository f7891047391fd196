import { Buffer } from "node:buffer";
import fs from "node:fs";
import process from "node:process";
import {
  isDirectory,
  O_ACCMODE,
  O_APPEND,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  S_IFMT,
  S_IFREG,
} from "../../src/fs/mod.ts";
import { S_PERM, type TimeChange, toVfsError, VfsError } from "../../src/fs/mod.ts";
import { ALWAYS_FLAGS, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_TMPFILE } from "./_abi.ts";
import { exactMode } from "./_exact_mode.ts";
import { decode, listPortably } from "./_portable_listing.ts";
import { fillStat, toFsTime } from "./_portable_stat.ts";
import {
  type HostListing,
  type HostLock,
  type HostName,
  HostStat,
  type HostStatFs,
  type Syscalls,
} from "./syscalls.ts";

const O_CREATE_NEW = 0o100 | 0o200 | O_NOFOLLOW;
const isDeno = "deno" in process.versions;

/**
 * System calls by `node:fs` alone, on any runtime.
 *
 * `node:fs` has no `openat(2)`. But `/proc/self/fd/N` *is* the open directory N, whatever its names
 * are now, so the path `/proc/self/fd/N/name` does what `openat(N, "name")` does: one name is looked
 * up, in a directory that nobody can exchange any more.
 */
export class PortableSyscalls implements Syscalls {
  readonly kind = "portable";
  readonly walksPaths = false;
  readonly #scratch = new HostStat();

  openRoot(path: string): number {
    return attempt(() => fs.openSync(path, O_PATH | O_DIRECTORY));
  }

  openDirectory(directory: number, name: HostName): number {
    return attempt(() => fs.openSync(at(directory, name), O_PATH | O_DIRECTORY | O_NOFOLLOW));
  }

  openNode(directory: number, name: string): number {
    try {
      return fs.openSync(at(directory, name), O_PATH | O_NOFOLLOW);
    } catch (thrown) {
      const error = toVfsError(thrown);
      if (error.code === "ENOENT") return -1;
      throw error;
    }
  }

  reopen(node: number, flags: number): number {
    return this.#open(self(node), flags | ALWAYS_FLAGS);
  }

  openFile(directory: number, name: string, flags: number): number {
    return this.#open(at(directory, name), flags | ALWAYS_FLAGS | O_NOFOLLOW);
  }

  #open(path: string, flags: number): number {
    // Linux empties a file that is opened for reading or for appending; Deno refuses to.
    const refused = (flags & O_ACCMODE) === 0 || (flags & O_APPEND) !== 0;
    if (isDeno && (flags & O_TRUNC) !== 0 && refused) {
      this.close(this.#open(path, flags & ~(O_ACCMODE | O_APPEND) | O_WRONLY));
      return this.#open(path, flags & ~O_TRUNC);
    }
    return attempt(() => fs.openSync(path, flags));
  }

  createFile(directory: number, name: string, flags: number, mode: number): number {
    // Deno makes a file that is only to be read in two steps, which finds it again by its name.
    if (isDeno && (flags & O_ACCMODE) === 0) flags |= O_RDWR;
    return attempt(() => {
      const file = fs.openSync(at(directory, name), flags | ALWAYS_FLAGS | O_CREATE_NEW, mode);
      return this.#withExactMode(file, mode);
    });
  }

  createUnnamed(directory: number, flags: number, mode: number): number {
    return attempt(() => {
      const file = fs.openSync(self(directory), flags | ALWAYS_FLAGS | O_TMPFILE, mode);
      return this.#withExactMode(file, mode);
    });
  }

  /** The umask of the process took bits from the mode, and Deno those above 0o777. */
  #withExactMode(file: number, mode: number): number {
    try {
      fs.fchmodSync(file, mode);
      return file;
    } catch (error) {
      fs.closeSync(file);
      throw error;
    }
  }

  close(descriptor: number): void {
    attempt(() => fs.closeSync(descriptor));
  }

  whereabouts(descriptor: number): string {
    return attempt(() => fs.readlinkSync(self(descriptor)));
  }

  mountId(descriptor: number): number {
    return Number(fdInfo(descriptor, "mnt_id"));
  }

  lstat(directory: number, name: string, into: HostStat): boolean {
    const path = at(directory, name);
    try {
      const stats = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (stats === undefined) return false;
      fillStat(into, stats, () => {
        const node = fs.openSync(path, O_PATH | O_NOFOLLOW);
        try {
          return fdInfo(node, "ino");
        } finally {
          fs.closeSync(node);
        }
      });
      return true;
    } catch (thrown) {
      const error = toVfsError(thrown);
      if (error.code === "ENOENT") return false;
      throw error;
    }
  }

  fstat(descriptor: number, into: HostStat): void {
    attempt(() => {
      const stats = fs.fstatSync(descriptor, { bigint: true });
      fillStat(into, stats, () => fdInfo(descriptor, "ino"));
    });
  }

  statfs(descriptor: number): HostStatFs {
    const { type, bsize, blocks, bfree, bavail, files, ffree } = attempt(() =>
      fs.statfsSync(self(descriptor))
    );
    // node:fs tells neither of the other two; 255 holds for every filesystem of Linux in use.
    return {
      type,
      bsize,
      blocks,
      bfree,
      bavail,
      files,
      ffree,
      namelen: 255,
      readonly: false,
    };
  }

  list(directory: number): HostListing {
    return attempt(() => listPortably(self(directory)));
  }

  mkdir(directory: number, name: string, mode: number): void {
    attempt(() => fs.mkdirSync(at(directory, name), { mode }));
    const made = this.#scratch;
    if (!this.lstat(directory, name, made) || !isDirectory(made.mode)) return;
    const exact = exactMode(mode, made.mode);
    if ((made.mode & S_PERM) === exact) return;
    const node = this.openDirectory(directory, name);
    try {
      this.chmod(node, exact);
    } finally {
      this.close(node);
    }
  }

  mknod(directory: number, name: string, mode: number, _rdev: number): void {
    // node:fs makes no other kind of node.
    if ((mode & S_IFMT) !== S_IFREG) throw new VfsError("EPERM", name);
    this.close(this.createFile(directory, name, O_WRONLY, mode & S_PERM));
  }

  symlink(target: string, directory: number, name: string): void {
    attempt(() => fs.symlinkSync(target, at(directory, name)));
  }

  readlink(directory: number, name: string): string {
    const bytes = attempt(() => fs.readlinkSync(at(directory, name), { encoding: "buffer" }));
    const text = decode(bytes);
    // On Deno the bytes went through text already: what looks replaced may have been.
    if (typeof text !== "string" || (isDeno && text.includes("\uFFFD"))) {
      throw new VfsError("EILSEQ", name);
    }
    return text;
  }

  link(from: number, name: string, to: number, newName: string): void {
    attempt(() => fs.linkSync(at(from, name), at(to, newName)));
  }

  unlink(directory: number, name: HostName): void {
    const path = at(directory, name);
    attempt(() => {
      // Deno's unlink removes empty directories too.
      if (isDeno && fs.lstatSync(path).isDirectory()) throw new VfsError("EISDIR", String(name));
      fs.unlinkSync(path);
    });
  }

  rmdir(directory: number, name: HostName): void {
    attempt(() => fs.rmdirSync(at(directory, name)));
  }

  rename(from: number, name: string, to: number, newName: string, flags: number): void {
    // As on a filesystem that lacks them; callers know this answer and do without.
    if (flags !== 0) throw new VfsError("EINVAL", name);
    attempt(() => fs.renameSync(at(from, name), at(to, newName)));
  }

  chmod(descriptor: number, mode: number): void {
    attempt(() => fs.chmodSync(self(descriptor), mode));
  }

  chown(descriptor: number, uid: number, gid: number): void {
    attempt(() => fs.chownSync(self(descriptor), uid, gid));
  }

  utimes(descriptor: number, atime: TimeChange, mtime: TimeChange): void {
    const was = this.#scratch;
    this.fstat(descriptor, was);
    attempt(() =>
      fs.utimesSync(
        self(descriptor),
        toFsTime(atime, was.atimeSec, was.atimeNsec),
        toFsTime(mtime, was.mtimeSec, was.mtimeNsec),
      )
    );
  }

  truncate(descriptor: number, size: number): void {
    attempt(() => fs.ftruncateSync(descriptor, size));
  }

  read(file: number, buffer: Uint8Array, offset: number): number {
    try {
      return fs.readSync(file, buffer, 0, buffer.length, offset);
    } catch (error) {
      throw toVfsError(error);
    }
  }

  write(file: number, data: Uint8Array, offset: number): number {
    try {
      return fs.writeSync(file, data, 0, data.length, offset);
    } catch (error) {
      throw toVfsError(error);
    }
  }

  sync(descriptor: number, dataOnly: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown) => error ? reject(toVfsError(error)) : resolve();
      if (dataOnly) fs.fdatasync(descriptor, done);
      else fs.fsync(descriptor, done);
    });
  }

  allocate(_file: number, _mode: number, _offset: number, _length: number): void {
    throw new VfsError("EOPNOTSUPP");
  }

  seek(file: number, offset: number, whence: number): number {
    // The whole file counts as data, as on a filesystem that does not know its holes.
    this.fstat(file, this.#scratch);
    const { size } = this.#scratch;
    if (offset >= size) throw new VfsError("ENXIO");
    return whence === 3 ? offset : size;
  }

  copyRange(): number {
    throw new VfsError("EOPNOTSUPP");
  }

  getxattr(): Uint8Array {
    throw new VfsError("EOPNOTSUPP");
  }

  setxattr(): void {
    throw new VfsError("EOPNOTSUPP");
  }

  listxattr(): string[] {
    throw new VfsError("EOPNOTSUPP");
  }

  removexattr(): void {
    throw new VfsError("EOPNOTSUPP");
  }

  // node:fs knows no locks: those of guests hold among guests.
  lock(): boolean {
    return true;
  }

  flock(): boolean {
    return true;
  }

  getLock(): HostLock | undefined {
    return undefined;
  }
}

/** The open file itself, by the name that the kernel gives its descriptor. */
function self(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** A name in an open directory. Text is the rule; bytes only occur in the removal of trees. */
function at(directory: number, name: HostName): string {
  if (typeof name === "string") return `/proc/self/fd/${directory}/${name}`;
  // node:fs takes a Buffer for any path; its types say so too, but only in a union.
  return Buffer.concat([Buffer.from(`/proc/self/fd/${directory}/`), name]) as unknown as string;
}

/** A line of `/proc/self/fdinfo/N`: exact where the runtime's own numbers are not. */
function fdInfo(descriptor: number, key: "ino" | "mnt_id"): bigint {
  const text = fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1");
  const value = new RegExp(`^${key}:\\s*(\\d+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new VfsError("EIO", `/proc/self/fdinfo has no ${key}`);
  return BigInt(value);
}

function attempt<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toVfsError(error);
  }
}
