/**
 * What must come back: each request asked of a twin of the served tree, directly, with the rules of
 * the protocol written down once more, as plainly as they can be.
 */
import {
  canRead,
  canWrite,
  cleanPath,
  type FileLock,
  type Handle,
  isDirectory,
  isRegularFile,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TMPFILE,
  O_TRUNC,
  type TimeChange,
  toVfsError,
  utf8Length,
  VfsError,
} from "../../src/fs/mod.ts";
import { operationOf, type WireTime } from "../../src/protocol/mod.ts";
import type { MemoryProvider } from "../../src/providers/mod.ts";
import type { Request } from "./_requests.ts";

/** What an answer has to say. */
export interface Expected {
  /** The errno, or 0. */
  readonly err: number;
  /** What else is looked at. */
  readonly fh?: number;
  readonly written?: number;
  readonly off?: number;
  readonly data?: Uint8Array;
  readonly size?: number;
  readonly ino?: bigint;
  readonly names?: readonly string[];
}

interface Open {
  readonly handle: Handle;
  readonly flags: number;
}

const KNOWN = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_SYNC | O_DIRECTORY |
  O_NOFOLLOW | O_NOATIME;
const TMPFILE = 0o20000000;
const MAX = Number.MAX_SAFE_INTEGER;

/** The twin of a served tree. */
export class Model {
  readonly #fs: MemoryProvider;
  readonly #version: 1 | 2;
  readonly #open = new Map<number, Open>();
  readonly #maxRead: number;
  #lastHandle = 0;

  constructor(fs: MemoryProvider, version: 1 | 2, maxRead: number) {
    this.#fs = fs;
    this.#version = version;
    this.#maxRead = maxRead;
  }

  /** What must come back for a request. */
  async ask(request: Request): Promise<Expected> {
    const row = operationOf(request.op);
    if (row === undefined || (this.#version === 1 && row.v1 === undefined)) return failed("ENOSYS");
    if (utf8Length(request.path ?? "") > 4096) return failed("ENAMETOOLONG");
    try {
      return await this.#ask(row.name, request);
    } catch (error) {
      return { err: toVfsError(error).errno };
    }
  }

  /** Ends the session. */
  async end(): Promise<void> {
    for (const { handle } of this.#open.values()) await handle.close();
  }

  async #ask(name: string, r: Request): Promise<Expected> {
    const fs = this.#fs;
    const path = r.path ?? "";
    const mode = (r.mode ?? 0) & 0o7777;
    switch (name) {
      case "lookup":
        return this.#described(this.#existing(path));
      case "getattr":
        if (this.#version === 1 || path !== "") return this.#described(this.#existing(path));
        return this.#info(this.#file(r).handle.stat());
      case "setattr":
        return this.#setattr(r, path, mode);
      case "read": {
        const tooMuch = (r.sz ?? 0) > this.#maxRead;
        if (tooMuch && this.#version === 2) throw new VfsError("EINVAL");
        const { handle, flags } = this.#file(r);
        if (!canRead(flags)) throw new VfsError("EBADF");
        const wanted = tooMuch ? this.#maxRead : r.sz ?? 0;
        const offset = range(r.off, wanted);
        const buffer = new Uint8Array(Math.min(wanted, 1 << 17));
        const count = wanted === 0 ? 0 : (handle.readAt(buffer, offset) as number);
        return { err: 0, data: buffer.subarray(0, count) };
      }
      case "write": {
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EBADF");
        const data = r.data ?? new Uint8Array(0);
        return { err: 0, written: handle.writeAt(data, range(r.off, data.length)) as number };
      }
      case "create": {
        const handle = fs.create(this.#at(path, "EISDIR"), mode);
        return this.#opened(handle, O_RDWR | O_CREAT | O_TRUNC);
      }
      case "open": {
        const flags = openFlags(r.flags ?? 0, this.#version);
        const clean = this.#at(path, (flags & O_CREAT) === 0 ? undefined : "EISDIR");
        return this.#opened(fs.open(clean, flags, mode), flags);
      }
      case "opendir":
        return this.#opened(fs.openDir(this.#at(path)) as Handle, 0);
      case "release": {
        const number = Number(r.fh ?? 0);
        const found = this.#open.get(number);
        this.#open.delete(number);
        await found?.handle.close();
        return done();
      }
      case "readdir":
        return this.#readdir(r, path);
      case "mkdir":
        return done(fs.mkdir(cleanPath(path), mode));
      case "mkdirall":
        return done(await fs.mkdirAll(cleanPath(path), mode));
      case "mknod":
        return done(fs.mknod(this.#at(path, "ENOENT"), (r.mode ?? 0) & 0o177777, r.rdev ?? 0));
      case "unlink":
        return done(fs.unlink(this.#at(path)));
      case "rmdir":
        return done(fs.rmdir(this.#at(path)));
      case "removeall":
        return done(await fs.removeAll(this.#at(path)));
      case "rename":
        return this.#rename(r, path);
      case "symlink": {
        const target = r.new_path ?? "";
        if (target === "") throw new VfsError("ENOENT");
        if (target.includes("\0")) throw new VfsError("EINVAL");
        return done(fs.symlink(target, this.#at(path, "ENOENT")));
      }
      case "readlink":
        return { err: 0, data: new TextEncoder().encode(fs.readlink(this.#at(path))) };
      case "link": {
        const existing = this.#at(path);
        return done(fs.link(existing, this.#at(r.new_path ?? "", "ENOENT")));
      }
      case "truncate": {
        const size = range(r.off, 0);
        if (path !== "") return done(fs.truncate(this.#at(path), size));
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EINVAL");
        return done(handle.truncate(size));
      }
      case "fsync":
      case "datasync":
        if (path !== "" && this.#version === 2) return this.#syncPath(path);
        return done(this.#file(r).handle.sync());
      case "fsyncpath":
        return this.#syncPath(path);
      default:
        return this.#ask2(name, r, path);
    }
  }

  // deno-lint-ignore require-await
  async #ask2(name: string, r: Request, path: string): Promise<Expected> {
    const fs = this.#fs;
    switch (name) {
      case "getxattr": {
        const key = xattrName(r.name ?? "");
        return { err: 0, data: fs.getxattr(this.#at(path), key) };
      }
      case "setxattr": {
        const key = xattrName(r.name ?? "");
        if (((r.flags ?? 0) & ~3) !== 0) throw new VfsError("EINVAL");
        const data = r.data ?? new Uint8Array(0);
        return done(fs.setxattr(this.#at(path), key, data, r.flags ?? 0));
      }
      case "listxattr":
        return { err: 0, names: fs.listxattr(this.#at(path)) };
      case "removexattr": {
        const key = xattrName(r.name ?? "");
        return done(fs.removexattr(this.#at(path), key));
      }
      case "statfs":
        return done(fs.statfs(this.#at(path)));
      case "allocate": {
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EBADF");
        const length = range(r.len, 0);
        if (length === 0) throw new VfsError("EINVAL");
        return done(handle.allocate(r.mode ?? 0, range(r.off, length), length));
      }
      case "seek": {
        const { handle } = this.#file(r);
        const offset = range(r.off, 0);
        if (r.whence === 3) return { err: 0, off: handle.seekData(offset) as number };
        if (r.whence !== 4) throw new VfsError("EINVAL");
        return { err: 0, off: handle.seekHole(offset) as number };
      }
      case "copyrange": {
        const source = this.#file(r);
        const target = this.#file({ op: r.op, fh: r.fh2 ?? 0 });
        if (!canRead(source.flags) || !canWrite(target.flags)) throw new VfsError("EBADF");
        const length = range(r.len, 0);
        const [from, to] = [range(r.off, 0), range(r.off2, 0)];
        const most = Math.min(length, MAX - Math.max(from, to));
        return {
          err: 0,
          written: source.handle.copyRange(from, target.handle, to, most) as number,
        };
      }
      case "lock":
        return done(this.#file(r).handle.lock(lockOf(r), false));
      case "getlock": {
        const { handle } = this.#file(r);
        const lock = lockOf(r);
        if (lock.type === "unlock") throw new VfsError("EINVAL");
        return done(handle.getLock(lock));
      }
      case "cancel":
        return failed("ENOENT");
      case "unsubscribe":
        return done(cleanPath(path));
      case "ping":
        return done();
      default:
        throw new Error(`The model does not know ${name}`);
    }
  }

  #setattr(r: Request, path: string, mode: number): Expected {
    const fs = this.#fs;
    if (this.#version === 1) {
      const clean = this.#at(path);
      fs.chmod(clean, mode);
      return this.#info(fs.stat(clean));
    }
    const mask = r.mask ?? 0;
    if ((mask & ~255) !== 0) throw new VfsError("EINVAL");
    if (path !== "") return this.#change(r, mask, mode, fs, [this.#at(path)]);
    const { handle, flags } = this.#file(r);
    if ((mask & 8) !== 0 && !canWrite(flags)) throw new VfsError("EINVAL");
    return this.#change(r, mask, mode, handle, []);
  }

  #change(r: Request, mask: number, mode: number, on: object, first: string[]): Expected {
    const call = (name: string, ...args: unknown[]) =>
      (on as Record<string, (...args: unknown[]) => unknown>)[name]!(...first, ...args);
    if ((mask & 8) !== 0) call("truncate", range(r.size, 0));
    if ((mask & 6) !== 0) {
      call("chown", (mask & 2) === 0 ? -1 : r.new_uid ?? 0, (mask & 4) === 0 ? -1 : r.new_gid ?? 0);
    }
    if ((mask & 1) !== 0) call("chmod", mode);
    if ((mask & 0xf0) !== 0) {
      call("utimes", timeOf(mask, 16, 64, r.atime), timeOf(mask, 32, 128, r.mtime));
    }
    if (r.plus === true) call(first.length > 0 ? "lookup" : "stat");
    return done();
  }

  #readdir(r: Request, path: string): Expected {
    const fs = this.#fs;
    if (this.#version === 1 || path !== "") {
      return { err: 0, names: fs.readDir(this.#at(path), true).map(({ name }) => name) };
    }
    const { handle } = this.#file(r);
    const page = handle.readDir(Number(r.cursor ?? 0), r.sz || 1024, r.plus) as { name: string }[];
    return { err: 0, names: page.map(({ name }) => name) };
  }

  #rename(r: Request, path: string): Expected {
    const flags = this.#version === 1 ? 0 : r.flags ?? 0;
    if ((flags & ~3) !== 0) throw new VfsError("EINVAL");
    const newPath = r.new_path ?? "";
    if (this.#version === 2) {
      const to = cleanPath(newPath);
      const from = this.#at(path);
      this.#directoryFor(newPath, from);
      return done(this.#fs.rename(from, to, flags));
    }
    const from = this.#at(path);
    const to = cleanPath(newPath);
    this.#directoryFor(newPath, from);
    return done(this.#fs.rename(from, to));
  }

  #directoryFor(newPath: string, from: string): void {
    if (!endsLikeDirectory(newPath)) return;
    if (!isDirectory(this.#fs.stat(from).mode)) throw new VfsError("ENOTDIR");
  }

  async #syncPath(path: string): Promise<Expected> {
    const clean = this.#at(path);
    const { mode } = this.#fs.stat(clean);
    if (!isDirectory(mode) && !isRegularFile(mode)) throw new VfsError("EINVAL");
    const handle = isDirectory(mode)
      ? await this.#fs.openDir(clean)
      : this.#fs.open(clean, O_RDONLY);
    await handle.sync();
    await handle.close();
    return done();
  }

  /** The clean path; one that ends like a directory's must be one, or be missing as `missing` says. */
  #at(path: string, missing?: "EISDIR" | "ENOENT"): string {
    const clean = cleanPath(path);
    if (!endsLikeDirectory(path)) return clean;
    const info = this.#fs.lookup(clean);
    if (info === undefined) {
      if (missing !== undefined) throw new VfsError(missing);
    } else if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR");
    return clean;
  }

  #existing(path: string): string {
    return this.#at(path);
  }

  #described(clean: string): Expected {
    const info = this.#fs.lookup(clean);
    return info === undefined ? failed("ENOENT") : this.#info(info);
  }

  #info(info: unknown): Expected {
    const { size, ino } = info as { size: number; ino: bigint };
    return { err: 0, size, ino };
  }

  #opened(handle: Handle, flags: number): Expected {
    this.#open.set(++this.#lastHandle, { handle, flags });
    return { err: 0, fh: this.#lastHandle };
  }

  #file(r: Request): Open {
    const found = this.#open.get(Number(r.fh ?? 0));
    if (found === undefined) throw new VfsError("EBADF");
    return found;
  }
}

function done(_result?: unknown): Expected {
  return { err: 0 };
}

function failed(code: "ENOSYS" | "ENOENT" | "ENAMETOOLONG"): Expected {
  return { err: new VfsError(code).errno };
}

function endsLikeDirectory(path: string): boolean {
  return path.length > 1 && (path.endsWith("/") || path.endsWith("/."));
}

function range(offset: unknown, length: number): number {
  const value = offset ?? 0;
  if (typeof value !== "number" || value < 0) throw new VfsError("EINVAL");
  if (value + length > MAX) throw new VfsError("EFBIG");
  return value;
}

function openFlags(flags: number, version: 1 | 2): number {
  if (version === 2 && (flags & O_TMPFILE) === O_TMPFILE) {
    if ((flags & O_CREAT) !== 0 || !canWrite(flags)) throw new VfsError("EINVAL");
    return openFlags(flags & ~O_TMPFILE, 2) | O_TMPFILE;
  }
  const isBad = (flags & O_ACCMODE) === O_ACCMODE || (flags & (O_PATH | TMPFILE)) !== 0 ||
    (flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY);
  if (isBad) throw new VfsError("EINVAL");
  return flags & KNOWN;
}

function xattrName(name: string): string {
  if (name === "" || name.includes("\0")) throw new VfsError("EINVAL");
  return name;
}

function timeOf(mask: number, set: number, now: number, time: WireTime | undefined): TimeChange {
  if ((mask & now) !== 0) return "now";
  if ((mask & set) === 0) return "omit";
  return (time ?? { sec: 0, nsec: 0 }) as TimeChange;
}

function lockOf(r: Request): FileLock {
  const kind = (["posix", "flock"] as const)[r.kind ?? 0];
  const type = (["read", "write", "unlock"] as const)[r.type ?? 0];
  if (kind === undefined || type === undefined) throw new VfsError("EINVAL");
  const length = range(r.len, 0);
  const start = range(r.off, length);
  const end = length === 0 ? Infinity : start + length;
  return { kind, type, start, end, owner: `1:${r.owner ?? ""}`, pid: r.pid ?? 0 };
}
