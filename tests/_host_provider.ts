import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import {
  BaseProvider,
  type DirEntry,
  type FileInfo,
  isDirectory,
  isRegularFile,
  isSymlink,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_RDONLY,
  parentPath,
  S_IFIFO,
  S_IFMT,
  S_IFREG,
  type StatFs,
  type TimeChange,
  utf8Length,
  VfsError,
} from "../src/fs/mod.ts";
import { hostInfo, hostTime, listHost, openHost, sys, withoutUmask } from "./_host_calls.ts";
import { HostHandle } from "./_host_handle.ts";

/**
 * A directory of the host as a provider, by plain path calls: the oracle that proves the rows of the
 * contract. It trusts its tree, so it is for tests only. What it adds to Linux is what the contract
 * adds: no link is followed, and nothing but files and directories is opened.
 */
export class HostProvider extends BaseProvider {
  readonly #root: string;

  /** @param root The directory, an absolute path. */
  constructor(root: string) {
    super();
    this.#root = root;
  }

  override get readonly(): boolean {
    return false;
  }

  /** The path on the host, once no name on the way is a link. */
  #real(path: string): string {
    for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
      const directory = this.#root + path.slice(0, end);
      const above = sys(() => fs.lstatSync(directory, { throwIfNoEntry: false }));
      if (above?.isSymbolicLink()) throw new VfsError("ENOTDIR", path);
    }
    return path === "/" ? this.#root : this.#root + path;
  }

  override stat(path: string): FileInfo {
    return sys(() => hostInfo(fs.lstatSync(this.#real(path), { bigint: true })));
  }

  override readDir(path: string, plus = false): DirEntry[] {
    if (!isDirectory(this.stat(path).mode)) throw new VfsError("ENOTDIR", path);
    return sys(() => listHost(this.#real(path), plus));
  }

  override openDir(path: string): HostHandle {
    return this.open(path, O_RDONLY | O_DIRECTORY);
  }

  override open(path: string, flags: number, mode = 0): HostHandle {
    const before = this.lookup(path) as FileInfo | undefined;
    const exclusive = (flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL);
    if (before !== undefined && !exclusive && (flags & O_DIRECTORY) === 0) {
      const type = before.mode & S_IFMT;
      if (!isDirectory(type) && !isRegularFile(type) && !isSymlink(type)) {
        throw new VfsError("ENXIO", path);
      }
    }
    const real = this.#real(path);
    return sys(() => {
      const fd = withoutUmask(() => openHost(real, flags | O_NOFOLLOW, mode & 0o7777));
      // Deno passes on the low nine bits alone.
      if (before === undefined && (mode & 0o7000) !== 0) fs.fchmodSync(fd, mode & 0o7777);
      return new HostHandle(fd, flags);
    });
  }

  override mkdir(path: string, mode: number): void {
    const real = this.#real(path);
    sys(() => withoutUmask(() => fs.mkdirSync(real, mode & 0o1777)));
    if ((mode & 0o1000) !== 0) {
      const setgid = fs.lstatSync(real).mode & 0o2000;
      sys(() => fs.chmodSync(real, setgid | mode & 0o1777));
    }
  }

  /** By mknod(1): no runtime has the call. */
  override mknod(path: string, mode: number, rdev: number): void {
    const real = this.#real(path);
    if (this.lookup(path) !== undefined) throw new VfsError("EEXIST", path);
    this.stat(parentPath(path));
    const type = mode & S_IFMT;
    if (type === S_IFREG) return fs.closeSync(withoutUmask(() => fs.openSync(real, "wx", mode)));
    const letter = { 0o010000: "p", 0o020000: "c", 0o060000: "b" }[type];
    if (letter === undefined) throw new VfsError("EPERM", path);
    const numbers = [(rdev >>> 8) & 0xfff, (rdev & 0xff) | ((rdev >>> 12) & 0xfff00)].map(String);
    const bits = (mode & 0o7777).toString(8);
    const args = ["-m", bits, real, letter, ...(type === S_IFIFO ? [] : numbers)];
    if (spawnSync("mknod", args).status !== 0) throw new VfsError("EPERM", path);
  }

  override symlink(target: string, path: string): void {
    // The runtimes refuse these two with errors of their own, or pass them on in part.
    if (target.includes("\0")) throw new VfsError("EINVAL", path);
    if (utf8Length(target) > 4095) throw new VfsError("ENAMETOOLONG", path);
    sys(() => fs.symlinkSync(target, this.#real(path)));
  }

  override link(existing: string, path: string): void {
    // Linux looks for the file before it looks at the new name.
    this.stat(existing);
    sys(() => fs.linkSync(this.#real(existing), this.#real(path)));
  }

  override readlink(path: string): string {
    return sys(() => fs.readlinkSync(this.#real(path)));
  }

  override unlink(path: string): void {
    // Deno removes empty directories by unlink.
    if (isDirectory(this.stat(path).mode)) throw new VfsError("EISDIR", path);
    sys(() => fs.unlinkSync(this.#real(path)));
  }

  override rmdir(path: string): void {
    sys(() => fs.rmdirSync(this.#real(path)));
  }

  override rename(from: string, to: string, flags = 0): void {
    if (flags !== 0) throw new VfsError("EINVAL", from);
    // Linux walks to the old name before it walks to the new one.
    this.stat(parentPath(from));
    sys(() => fs.renameSync(this.#real(from), this.#real(to)));
  }

  override chmod(path: string, mode: number): void {
    if (isSymlink(this.stat(path).mode)) throw new VfsError("EOPNOTSUPP", path);
    sys(() => fs.chmodSync(this.#real(path), mode & 0o7777));
  }

  override chown(path: string, uid: number, gid: number): void {
    sys(() => fs.lchownSync(this.#real(path), uid, gid));
  }

  override utimes(path: string, atime: TimeChange, mtime: TimeChange): void {
    const info = this.stat(path);
    const times = [hostTime(atime, info.atime), hostTime(mtime, info.mtime)] as const;
    sys(() => fs.lutimesSync(this.#real(path), ...times));
  }

  override truncate(path: string, size: number): void {
    const { mode } = this.stat(path);
    if (isSymlink(mode)) throw new VfsError("ELOOP", path);
    if (!isDirectory(mode) && !isRegularFile(mode)) throw new VfsError("EINVAL", path);
    sys(() => fs.truncateSync(this.#real(path), size));
  }

  override statfs(path: string): StatFs {
    this.stat(path);
    const info = sys(() => fs.statfsSync(this.#root));
    return {
      bsize: info.bsize,
      blocks: info.blocks,
      bfree: info.bfree,
      bavail: info.bavail,
      files: info.files,
      ffree: info.ffree,
      namelen: 255,
      readonly: false,
    };
  }
}
