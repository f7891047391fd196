import { Buffer } from "node:buffer";
import { S_IFMT, S_PERM, type TimeChange, utf8Length, VfsError } from "../../src/fs/mod.ts";
import { ALWAYS_FLAGS, O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_TMPFILE } from "./_abi.ts";
import { exactMode } from "./_exact_mode.ts";
import { CString } from "./_c_string.ts";
import type { Bytes, Libc, Wide } from "./_c_functions.ts";
import { NativeFiles } from "./_native_files.ts";
import { listNatively } from "./_native_listing.ts";
import { readMountId, readStatx, STATX_BYTES, STATX_MASK } from "./_native_stat.ts";
import { readStatFs, STRUCT_BYTES, writeTimes } from "./_native_structs.ts";
import { decode } from "./_portable_listing.ts";
import { Struct } from "./_struct.ts";
import {
  type HostListing,
  type HostName,
  HostStat,
  type HostStatFs,
  type Syscalls,
} from "./syscalls.ts";

const SYS_OPENAT2 = 437;
/** RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS. */
const RESOLVE = 0x08n | 0x04n | 0x02n;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
const O_CREATE_NEW = 0o100 | 0o200 | O_NOFOLLOW | O_CLOEXEC | ALWAYS_FLAGS;
const PATH_MAX = 4096;
const LARGEST_ATTRIBUTE = 65536;

/**
 * The kernel's own system calls, by the foreign function interface of the runtime.
 *
 * Memory that the kernel reads or writes is allocated once and only ever passed as a direct
 * argument, so that nothing moves or frees it during a call; errno is read before anything else
 * happens.
 */
export class NativeSyscalls extends NativeFiles implements Syscalls {
  readonly kind = "native";
  readonly walksPaths = true;
  readonly #name: CString = new CString();
  readonly #newName: CString = new CString();
  readonly #dot: Bytes = new CString().set(".");
  readonly #empty: Bytes = new CString().set("");
  readonly #how: Struct = new Struct(STRUCT_BYTES);
  readonly #statx: Struct = new Struct(STATX_BYTES);
  readonly #large: Bytes = new Struct(LARGEST_ATTRIBUTE).bytes;
  readonly #buffer: Buffer = Buffer.from(this.#large.buffer);
  readonly #scratch: HostStat = new HostStat();
  /** `/proc/self/fd`: its names are our descriptors, and opening one opens the inode behind it. */
  readonly #selves: number;
  readonly #howSize: Wide;
  readonly #pathMax: Wide;
  readonly #largeSize: Wide;

  constructor(libc: Libc) {
    super(libc);
    this.#howSize = libc.wide(24);
    this.#pathMax = libc.wide(PATH_MAX);
    this.#largeSize = libc.wide(LARGEST_ATTRIBUTE);
    this.#how.view.setBigUint64(16, RESOLVE, true);
    this.#selves = this.openRoot("/proc/self/fd");
  }

  openRoot(path: string): number {
    const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    return this.done(this.c.openat(AT_FDCWD, this.#name.set(path), flags, 0));
  }

  openDirectory(directory: number, names: HostName): number {
    const node = this.#walk(directory, names, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (node < 0) throw new VfsError("ENOENT");
    return node;
  }

  openNode(directory: number, names: string): number {
    if (names.includes("/")) return this.#walk(directory, names, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    const flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    const node = this.c.openat(directory, this.#name.set(names), flags, 0);
    return node < 0 ? this.#missing() : node;
  }

  /** Takes ENOENT of the call just before for an answer, and fails with anything else. */
  #missing(): number {
    const failure = this.failure();
    if (failure === "ENOENT") return -1;
    // A link that is the last name is opened itself: this one is in the way.
    throw new VfsError(failure === "ELOOP" ? "ENOTDIR" : failure);
  }

  /** One `openat2`: the kernel walks all names, beneath the directory, and stops at any link. */
  #walk(directory: number, names: HostName, flags: number): number {
    const path = this.#name.set(names);
    this.#how.view.setUint32(0, flags, true);
    const node = this.c.syscall(SYS_OPENAT2, directory, path, this.#how.bytes, this.#howSize);
    return node < 0 ? this.#missing() : node;
  }

  reopen(node: number, flags: number): number {
    const full = flags | ALWAYS_FLAGS | O_CLOEXEC;
    return this.done(
      (flags & O_DIRECTORY) !== 0
        ? this.c.openat(node, this.#dot, full, 0)
        : this.c.openat(this.#selves, this.#name.set(String(node)), full, 0),
    );
  }

  openFile(directory: number, name: string, flags: number): number {
    const full = flags | ALWAYS_FLAGS | O_NOFOLLOW | O_CLOEXEC;
    return this.done(this.c.openat(directory, this.#name.set(name), full, 0));
  }

  createFile(directory: number, name: string, flags: number, mode: number): number {
    const path = this.#name.set(name);
    const file = this.done(this.c.openat(directory, path, flags | O_CREATE_NEW, mode));
    return this.#withExactMode(file, mode);
  }

  createUnnamed(directory: number, flags: number, mode: number): number {
    const full = flags | ALWAYS_FLAGS | O_CLOEXEC | O_TMPFILE;
    const file = this.done(this.c.openat(directory, this.#dot, full, mode));
    return this.#withExactMode(file, mode);
  }

  /** The umask of the process took bits from the mode. */
  #withExactMode(file: number, mode: number): number {
    try {
      this.done(this.c.fchmod(file, mode));
      return file;
    } catch (error) {
      this.c.close(file);
      throw error;
    }
  }

  close(descriptor: number): void {
    this.done(this.c.close(descriptor));
  }

  whereabouts(descriptor: number): string {
    const path = this.#name.set(String(descriptor));
    const length = this.c.readlinkat(this.#selves, path, this.#large, this.#pathMax);
    return this.#buffer.toString("utf8", 0, this.done(length));
  }

  mountId(descriptor: number): number {
    this.fstat(descriptor, this.#scratch);
    return readMountId(this.#statx);
  }

  lstat(directory: number, name: string, into: HostStat): boolean {
    const path = this.#name.set(name);
    const { bytes } = this.#statx;
    if (this.c.statx(directory, path, AT_SYMLINK_NOFOLLOW, STATX_MASK, bytes) < 0) {
      const failure = this.failure();
      if (failure === "ENOENT") return false;
      throw new VfsError(failure);
    }
    readStatx(this.#statx, into);
    return true;
  }

  fstat(descriptor: number, into: HostStat): void {
    const { bytes } = this.#statx;
    this.done(this.c.statx(descriptor, this.#empty, AT_EMPTY_PATH, STATX_MASK, bytes));
    readStatx(this.#statx, into);
  }

  statfs(descriptor: number): HostStatFs {
    this.done(this.c.fstatfs(descriptor, this.struct.bytes));
    return readStatFs(this.struct);
  }

  list(directory: number): HostListing {
    this.c.lseek(directory, this.libc.wide(0), 0);
    return listNatively((bytes) => {
      const length = this.c.getdents64(directory, bytes, this.libc.wide(bytes.length));
      if (length >= 0) return length;
      const failure = this.failure();
      // This is how the kernel says that a removed directory has no entries any more.
      if (failure === "ENOENT") return 0;
      throw new VfsError(failure);
    });
  }

  mkdir(directory: number, name: string, mode: number): void {
    this.done(this.c.mkdirat(directory, this.#name.set(name), mode));
    this.#setExactMode(directory, name, mode);
  }

  mknod(directory: number, name: string, mode: number, rdev: number): void {
    const device = this.libc.wide(rdev);
    this.done(this.c.mknodat(directory, this.#name.set(name), mode, device));
    this.#setExactMode(directory, name, mode);
  }

  #setExactMode(directory: number, name: string, mode: number): void {
    const made = this.#scratch;
    if (!this.lstat(directory, name, made)) return;
    const exact = exactMode(mode, made.mode);
    if ((made.mode & S_PERM) === exact) return;
    const node = this.openNode(directory, name);
    if (node < 0) return;
    try {
      const { mode: type, ino, dev } = made;
      this.fstat(node, made);
      // Nobody has exchanged what was just made for something else.
      if (made.ino !== ino || made.dev !== dev || ((made.mode ^ type) & S_IFMT) !== 0) return;
      this.chmod(node, exact);
    } finally {
      this.close(node);
    }
  }

  symlink(target: string, directory: number, name: string): void {
    if (utf8Length(target) >= PATH_MAX) throw new VfsError("ENAMETOOLONG");
    const text = this.#newName.set(target);
    this.done(this.c.symlinkat(text, directory, this.#name.set(name)));
  }

  readlink(directory: number, name: string): string {
    const path = this.#name.set(name);
    const length = this.done(this.c.readlinkat(directory, path, this.#large, this.#pathMax));
    const text = decode(this.#large.subarray(0, length));
    if (typeof text !== "string") throw new VfsError("EILSEQ", name);
    return text;
  }

  link(from: number, name: string, to: number, newName: string): void {
    this.done(this.c.linkat(from, this.#name.set(name), to, this.#newName.set(newName), 0));
  }

  unlink(directory: number, name: HostName): void {
    this.done(this.c.unlinkat(directory, this.#name.set(name), 0));
  }

  rmdir(directory: number, name: HostName): void {
    this.done(this.c.unlinkat(directory, this.#name.set(name), AT_REMOVEDIR));
  }

  rename(from: number, name: string, to: number, newName: string, flags: number): void {
    const target = this.#newName.set(newName);
    this.done(this.c.renameat2(from, this.#name.set(name), to, target, flags));
  }

  chmod(descriptor: number, mode: number): void {
    this.done(this.c.fchmodat(this.#selves, this.#name.set(String(descriptor)), mode, 0));
  }

  chown(descriptor: number, uid: number, gid: number): void {
    const path = this.#name.set(String(descriptor));
    this.done(this.c.fchownat(this.#selves, path, uid >>> 0, gid >>> 0, 0));
  }

  utimes(descriptor: number, atime: TimeChange, mtime: TimeChange): void {
    writeTimes(this.struct, atime, mtime);
    const path = this.#name.set(String(descriptor));
    this.done(this.c.utimensat(this.#selves, path, this.struct.bytes, 0));
  }

  getxattr(descriptor: number, name: string): Uint8Array {
    const path = this.#name.setSelf(descriptor);
    const attribute = this.#newName.set(name);
    const length = this.c.getxattr(path, attribute, this.#large, this.#largeSize);
    return this.#large.slice(0, this.done(length));
  }

  setxattr(descriptor: number, name: string, value: Uint8Array, flags: number): void {
    const path = this.#name.setSelf(descriptor);
    const attribute = this.#newName.set(name);
    const size = this.libc.wide(value.length);
    this.#large.set(value);
    this.done(this.c.setxattr(path, attribute, this.#large, size, flags));
  }

  listxattr(descriptor: number): string[] {
    const path = this.#name.setSelf(descriptor);
    const length = this.done(this.c.listxattr(path, this.#large, this.#largeSize));
    return this.#buffer.toString("utf8", 0, length).split("\0").slice(0, -1);
  }

  removexattr(descriptor: number, name: string): void {
    const path = this.#name.setSelf(descriptor);
    this.done(this.c.removexattr(path, this.#newName.set(name)));
  }
}
