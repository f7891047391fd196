import { Buffer } from "node:buffer";
import process from "node:process";
import { S_IFMT, S_PERM, type TimeChange, utf8Length, VfsError } from "../../src/fs/mod.ts";
import { ALWAYS_FLAGS, O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_TMPFILE } from "./_abi.ts";
import { exactMode } from "./_exact_mode.ts";
import { CString } from "./_c_string.ts";
import type { Bytes, Libc, Wide } from "./_c_functions.ts";
import { NativeFiles } from "./_native_files.ts";
import { listNatively } from "./_native_listing.ts";
import { isRegularOn, readMountId, readStat, STAT_BYTES, STATX_MNT_ID } from "./_native_stat.ts";
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
const SYS_NEWFSTATAT = process.arch === "arm64" ? 79 : 262;
const SYS_FSTAT = process.arch === "arm64" ? 80 : 5;
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
 * Memory that the kernel reads or writes is allocated once and kept for good, so that nothing moves
 * or frees it during a call, and its address need be found only once; errno is read before anything
 * else happens. Where there is a choice, the call is taken that each runtime makes fastest; see
 * `C_FUNCTIONS`.
 */
export class NativeSyscalls extends NativeFiles implements Syscalls {
  readonly kind = "native";
  readonly walksPaths = true;
  readonly #name: CString;
  readonly #newName: CString;
  readonly #how: Struct = new Struct(STRUCT_BYTES);
  readonly #howAddress: Wide;
  readonly #stat: Struct = new Struct(STAT_BYTES);
  readonly #statAddress: Wide;
  readonly #large: Bytes = new Struct(LARGEST_ATTRIBUTE).bytes;
  readonly #buffer: Buffer = Buffer.from(this.#large.buffer);
  readonly #scratch: HostStat = new HostStat();
  /** `/proc/self/fd`: its names are our descriptors, and opening one opens the inode behind it. */
  readonly #selves: Wide;
  readonly #openat2: Wide;
  readonly #newfstatat: Wide;
  readonly #fstat: Wide;
  readonly #howSize: Wide;
  readonly #noFollow: Wide;
  readonly #none: Wide;
  readonly #pathMax: Wide;
  readonly #largeSize: Wide;

  constructor(libc: Libc) {
    super(libc);
    this.#name = new CString(libc);
    this.#newName = new CString(libc);
    this.#howAddress = libc.address(this.#how.bytes);
    this.#statAddress = libc.address(this.#stat.bytes);
    this.#openat2 = libc.word(SYS_OPENAT2);
    this.#newfstatat = libc.word(SYS_NEWFSTATAT);
    this.#fstat = libc.word(SYS_FSTAT);
    this.#howSize = libc.word(24);
    this.#noFollow = libc.word(AT_SYMLINK_NOFOLLOW);
    this.#none = libc.word(0);
    this.#pathMax = libc.wide(PATH_MAX);
    this.#largeSize = libc.wide(LARGEST_ATTRIBUTE);
    this.#how.view.setBigUint64(16, RESOLVE, true);
    this.#selves = libc.word(this.openRoot("/proc/self/fd"));
  }

  /** `openat` of what exists; the result may be a failure. */
  #open(directory: Wide, name: HostName, flags: number): number {
    return this.c.openat(directory, this.#name.set(name), this.word(flags), this.#none);
  }

  openRoot(path: string): number {
    const flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    return this.done(this.#open(this.word(AT_FDCWD), path, flags));
  }

  openDirectory(directory: number, names: HostName): number {
    const flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const node = this.#openAt2(directory, names, flags);
    if (node < 0 && this.#missing() < 0) throw new VfsError("ENOENT");
    return node;
  }

  openNode(directory: number, names: string): number {
    const node = this.#pin(directory, names);
    return node < 0 ? this.#missing() : node;
  }

  #pin(directory: number, names: string): number {
    const flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
    if (names.includes("/")) return this.#openAt2(directory, names, flags);
    return this.#open(this.word(directory), names, flags);
  }

  /**
   * The node stands for one inode, whatever is done to its name, and an inode never changes its
   * type: what is opened is the regular file that was looked at.
   */
  openRegular(directory: number, names: string, device: number, flags: number): number {
    const node = this.#pin(directory, names);
    if (node < 0) return -1;
    const { c } = this;
    const looked = c.fstat(this.#fstat, this.word(node), this.#statAddress);
    if (looked < 0 || !isRegularOn(this.#stat, device)) {
      c.close(node);
      return -1;
    }
    const file = this.#open(this.#selves, String(node), flags | ALWAYS_FLAGS | O_CLOEXEC);
    const failure = file < 0 ? this.failure() : undefined;
    c.close(node);
    if (failure !== undefined) throw new VfsError(failure);
    return file;
  }

  /** Takes ENOENT of the call just before for an answer, and fails with anything else. */
  #missing(): number {
    const failure = this.failure();
    if (failure === "ENOENT") return -1;
    // A link that is the last name is opened itself: this one is in the way.
    throw new VfsError(failure === "ELOOP" ? "ENOTDIR" : failure);
  }

  /** One `openat2`: the kernel walks all names, beneath the directory, and stops at any link. */
  #openAt2(directory: number, names: HostName, flags: number): number {
    const path = this.#name.set(names);
    this.#how.view.setUint32(0, flags, true);
    const from = this.word(directory);
    return this.c.openat2(this.#openat2, from, path, this.#howAddress, this.#howSize);
  }

  reopen(node: number, flags: number): number {
    const full = flags | ALWAYS_FLAGS | O_CLOEXEC;
    return this.done(
      (flags & O_DIRECTORY) !== 0
        ? this.#open(this.word(node), ".", full)
        : this.#open(this.#selves, String(node), full),
    );
  }

  openFile(directory: number, name: string, flags: number): number {
    const full = flags | ALWAYS_FLAGS | O_NOFOLLOW | O_CLOEXEC;
    return this.done(this.#open(this.word(directory), name, full));
  }

  createFile(directory: number, name: string, flags: number, mode: number): number {
    const file = this.done(this.#create(directory, name, flags | O_CREATE_NEW, mode));
    return this.#withExactMode(file, mode);
  }

  createUnnamed(directory: number, flags: number, mode: number): number {
    const full = flags | ALWAYS_FLAGS | O_CLOEXEC | O_TMPFILE;
    const file = this.done(this.#create(directory, ".", full, mode));
    return this.#withExactMode(file, mode);
  }

  #create(directory: number, name: string, flags: number, mode: number): number {
    const path = this.#name.set(name);
    return this.c.openat(this.word(directory), path, this.word(flags), this.word(mode));
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
    const address = this.#statAddress;
    const flags = this.word(AT_EMPTY_PATH);
    const mask = this.word(STATX_MNT_ID);
    this.done(this.c.statx(this.word(descriptor), this.#name.set(""), flags, mask, address));
    return readMountId(this.#stat);
  }

  lstat(directory: number, name: string, into: HostStat): boolean {
    const path = this.#name.set(name);
    const from = this.word(directory);
    const { c } = this;
    if (c.newfstatat(this.#newfstatat, from, path, this.#statAddress, this.#noFollow) < 0) {
      const failure = this.failure();
      if (failure === "ENOENT") return false;
      throw new VfsError(failure);
    }
    readStat(this.#stat, into);
    return true;
  }

  fstat(descriptor: number, into: HostStat): void {
    this.done(this.c.fstat(this.#fstat, this.word(descriptor), this.#statAddress));
    readStat(this.#stat, into);
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
    const path = this.#name.set(name);
    this.done(this.c.mkdirat(this.word(directory), path, this.word(mode)));
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
    this.done(this.c.symlinkat(text, this.word(directory), this.#name.set(name)));
  }

  readlink(directory: number, name: string): string {
    const path = this.#name.set(name);
    const from = this.word(directory);
    const length = this.done(this.c.readlinkat(from, path, this.#large, this.#pathMax));
    const text = decode(this.#large.subarray(0, length));
    if (typeof text !== "string") throw new VfsError("EILSEQ", name);
    return text;
  }

  link(from: number, name: string, to: number, newName: string): void {
    const existing = this.#name.set(name);
    const path = this.#newName.set(newName);
    this.done(this.c.linkat(this.word(from), existing, this.word(to), path, this.#none));
  }

  unlink(directory: number, name: HostName): void {
    this.done(this.c.unlinkat(this.word(directory), this.#name.set(name), this.#none));
  }

  rmdir(directory: number, name: HostName): void {
    const path = this.#name.set(name);
    this.done(this.c.unlinkat(this.word(directory), path, this.word(AT_REMOVEDIR)));
  }

  rename(from: number, name: string, to: number, newName: string, flags: number): void {
    const target = this.#newName.set(newName);
    const source = this.#name.set(name);
    this.done(
      this.c.renameat2(this.word(from), source, this.word(to), target, this.word(flags)),
    );
  }

  chmod(descriptor: number, mode: number): void {
    const path = this.#name.set(String(descriptor));
    this.done(this.c.fchmodat(this.#selves, path, this.word(mode), this.#none));
  }

  chown(descriptor: number, uid: number, gid: number): void {
    const path = this.#name.set(String(descriptor));
    this.done(
      this.c.fchownat(this.#selves, path, this.word(uid), this.word(gid), this.#none),
    );
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
