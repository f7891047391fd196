/**
 * What must come back: each request asked of a twin of the served tree, directly, with the rules of
 * the protocol written down once more, as plainly as they can be.
 */
import {
  canRead,
  canWrite,
  cleanPath,
  type FileInfo,
  type FileLock,
  type Handle,
  HOST_CONTEXT,
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
  type OpContext,
  type TimeChange,
  toVfsError,
  utf8Length,
  VfsError,
} from "../../src/fs/mod.ts";
import { operationOf, type WireTime } from "../../src/protocol/mod.ts";
import type { MemoryProvider } from "../../src/providers/mod.ts";
import { attrOf, entryOf, type Fields, pageEntryOf, statfsOf, statOf } from "./_answers.ts";
import type { Request } from "./_requests.ts";

/** What an answer has to say. */
export interface Expected {
  /** The errno, or 0. */
  readonly err: number;
  /** Everything else that is in the answer, by its key. */
  readonly fields: Fields;
}

interface Open {
  readonly handle: Handle;
  readonly flags: number;
  /** By which name it was opened. */
  readonly path: string;
}

const KNOWN = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_SYNC | O_DIRECTORY |
  O_NOFOLLOW | O_NOATIME;
const TMPFILE = 0o20000000;
const MAX = Number.MAX_SAFE_INTEGER;
const DONE: Fields = {};

/** The twin of a served tree, as one session sees it. */
export class Model {
  readonly #fs: MemoryProvider;
  readonly #version: 1 | 2;
  readonly #open = new Map<number, Open>();
  readonly #maxRead: number;
  readonly #session: number;
  #lastHandle = 0;

  /** Sessions of one tree are told apart by their number: they own different locks. */
  constructor(fs: MemoryProvider, version: 1 | 2, maxRead: number, session = 1) {
    this.#fs = fs;
    this.#version = version;
    this.#maxRead = maxRead;
    this.#session = session;
  }

  /** How many handles are open. */
  get handles(): number {
    return this.#open.size;
  }

  /** The path by which a handle was opened. */
  pathOf(handle: unknown): string | undefined {
    return this.#open.get(Number(handle ?? 0))?.path;
  }

  /** What must come back for a request; a lock that waits ends by the signal. */
  async ask(request: Request, signal?: AbortSignal): Promise<Expected> {
    const row = operationOf(request.op);
    if (row === undefined || (this.#version === 1 && row.v1 === undefined)) return failed("ENOSYS");
    if (utf8Length(request.path ?? "") > 4096) return failed("ENAMETOOLONG");
    const context = {
      ...HOST_CONTEXT,
      uid: request.uid ?? 0,
      gid: request.gid ?? 0,
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      return { err: 0, fields: await this.#ask(row.name, request, context) };
    } catch (error) {
      return { err: toVfsError(error).errno, fields: DONE };
    }
  }

  /** Ends the session. */
  async end(): Promise<void> {
    for (const { handle } of this.#open.values()) await handle.close();
    this.#open.clear();
  }

  async #ask(name: string, r: Request, context: OpContext): Promise<Fields> {
    const fs = this.#fs;
    const path = r.path ?? "";
    const mode = (r.mode ?? 0) & 0o7777;
    switch (name) {
      case "lookup":
        return this.#described(this.#at(path));
      case "getattr":
        if (this.#version === 1 || path !== "") return this.#described(this.#at(path));
        return this.#info(this.#file(r).handle.stat(context));
      case "setattr":
        return this.#setattr(r, path, mode, context);
      case "read": {
        const tooMuch = (r.sz ?? 0) > this.#maxRead;
        if (tooMuch && this.#version === 2) throw new VfsError("EINVAL");
        const { handle, flags } = this.#file(r);
        if (!canRead(flags)) throw new VfsError("EBADF");
        const wanted = tooMuch ? this.#maxRead : r.sz ?? 0;
        const offset = range(r.off, wanted);
        const buffer = new Uint8Array(Math.min(wanted, 1 << 17));
        const count = wanted === 0 ? 0 : (handle.readAt(buffer, offset, context) as number);
        return { data: buffer.subarray(0, count) };
      }
      case "write": {
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EBADF");
        const data = r.data ?? new Uint8Array(0);
        return { written: handle.writeAt(data, range(r.off, data.length), context) };
      }
      case "create": {
        const clean = this.#at(path, "EISDIR");
        const handle = fs.create(clean, mode, context);
        return this.#opened(r, handle, O_RDWR | O_CREAT | O_TRUNC, clean, true);
      }
      case "open": {
        const flags = openFlags(r.flags ?? 0, this.#version);
        const clean = this.#at(path, (flags & O_CREAT) === 0 ? undefined : "EISDIR");
        return this.#opened(r, fs.open(clean, flags, mode, context), flags, clean);
      }
      case "opendir": {
        const clean = this.#at(path);
        return this.#opened(r, fs.openDir(clean, context) as Handle, 0, clean);
      }
      case "release": {
        const number = Number(r.fh ?? 0);
        const found = this.#open.get(number);
        this.#open.delete(number);
        await found?.handle.close();
        return DONE;
      }
      case "readdir":
        return this.#readdir(r, path);
      case "mkdir": {
        const clean = cleanPath(path);
        fs.mkdir(clean, mode, context);
        return this.#version === 1 ? this.#described(clean) : this.#made(r, clean);
      }
      case "mkdirall":
        await fs.mkdirAll(cleanPath(path), mode, context);
        return this.#made(r, path);
      case "mknod": {
        const clean = this.#at(path, "ENOENT");
        fs.mknod(clean, (r.mode ?? 0) & 0o177777, r.rdev ?? 0, context);
        return this.#made(r, clean);
      }
      case "unlink":
        return done(fs.unlink(this.#at(path), context));
      case "rmdir":
        return done(fs.rmdir(this.#at(path), context));
      case "removeall":
        return done(await fs.removeAll(this.#at(path), context));
      case "rename":
        return this.#rename(r, path, context);
      case "symlink": {
        const target = r.new_path ?? "";
        if (target === "") throw new VfsError("ENOENT");
        if (target.includes("\0")) throw new VfsError("EINVAL");
        const clean = this.#at(path, "ENOENT");
        fs.symlink(target, clean, context);
        return this.#made(r, clean);
      }
      case "readlink":
        return { data: new TextEncoder().encode(fs.readlink(this.#at(path), context)) };
      case "link": {
        const existing = this.#at(path);
        const made = this.#at(r.new_path ?? "", "ENOENT");
        fs.link(existing, made, context);
        return this.#made(r, made);
      }
      case "truncate": {
        const size = range(r.off, 0);
        if (path !== "") return done(fs.truncate(this.#at(path), size, context));
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EINVAL");
        return done(handle.truncate(size, context));
      }
      case "fsync":
      case "datasync":
        if (path !== "" && this.#version === 2) return this.#syncPath(path);
        return done(this.#file(r).handle.sync(context));
      case "fsyncpath":
        return this.#syncPath(path);
      default:
        return this.#ask2(name, r, path, context);
    }
  }

  async #ask2(name: string, r: Request, path: string, context: OpContext): Promise<Fields> {
    const fs = this.#fs;
    switch (name) {
      case "getxattr": {
        const key = xattrName(r.name ?? "");
        return { data: fs.getxattr(this.#at(path), key, context) };
      }
      case "setxattr": {
        const key = xattrName(r.name ?? "");
        if (((r.flags ?? 0) & ~3) !== 0) throw new VfsError("EINVAL");
        const data = r.data ?? new Uint8Array(0);
        return done(fs.setxattr(this.#at(path), key, data, r.flags ?? 0, context));
      }
      case "listxattr":
        return { names: fs.listxattr(this.#at(path), context) };
      case "removexattr": {
        const key = xattrName(r.name ?? "");
        return done(fs.removexattr(this.#at(path), key, context));
      }
      case "statfs":
        return { statfs: statfsOf(fs.statfs(this.#at(path), context)) };
      case "allocate": {
        const { handle, flags } = this.#file(r);
        if (!canWrite(flags)) throw new VfsError("EBADF");
        const length = range(r.len, 0);
        if (length === 0) throw new VfsError("EINVAL");
        return done(handle.allocate(r.mode ?? 0, range(r.off, length), length, context));
      }
      case "seek": {
        const { handle } = this.#file(r);
        const offset = range(r.off, 0);
        if (r.whence === 3) return { off: handle.seekData(offset, context) };
        if (r.whence !== 4) throw new VfsError("EINVAL");
        return { off: handle.seekHole(offset, context) };
      }
      case "copyrange": {
        const source = this.#file(r);
        const target = this.#file({ op: r.op, fh: r.fh2 ?? 0 });
        if (!canRead(source.flags) || !canWrite(target.flags)) throw new VfsError("EBADF");
        const length = range(r.len, 0);
        const [from, to] = [range(r.off, 0), range(r.off2, 0)];
        const most = Math.min(length, MAX - Math.max(from, to));
        return { written: source.handle.copyRange(from, target.handle, to, most, context) };
      }
      case "lock":
        return done(
          await this.#file(r).handle.lock(this.#wanted(r), r.wait === true, context),
        );
      case "getlock": {
        const { handle } = this.#file(r);
        const wanted = this.#wanted(r);
        if (wanted.type === "unlock") throw new VfsError("EINVAL");
        const found = handle.getLock(wanted) as FileLock | undefined;
        return found === undefined ? DONE : { lock: this.#shown(found) };
      }
      case "cancel":
        throw new VfsError("ENOENT");
      case "subscribe":
      case "unsubscribe":
        return done(cleanPath(path));
      case "ping":
        return DONE;
      case "hello":
        throw new VfsError("EINVAL");
      default:
        throw new Error(`The model does not know ${name}`);
    }
  }

  #setattr(r: Request, path: string, mode: number, context: OpContext): Fields {
    const fs = this.#fs;
    if (this.#version === 1) {
      const clean = this.#at(path);
      fs.chmod(clean, mode, context);
      return this.#described(clean);
    }
    const mask = r.mask ?? 0;
    if ((mask & ~255) !== 0) throw new VfsError("EINVAL");
    if (path !== "") {
      const clean = this.#at(path);
      change(r, mask, mode, context, fs, [clean]);
      return this.#made(r, clean);
    }
    const { handle, flags } = this.#file(r);
    if ((mask & 8) !== 0 && !canWrite(flags)) throw new VfsError("EINVAL");
    change(r, mask, mode, context, handle, []);
    return r.plus === true ? this.#info(handle.stat()) : DONE;
  }

  #readdir(r: Request, path: string): Fields {
    const fs = this.#fs;
    if (this.#version === 1) return { entries: fs.readDir(this.#at(path), true).map(entryOf) };
    if (path !== "") {
      const listed = fs.readDir(this.#at(path), r.plus);
      return { page: listed.map((entry) => pageEntryOf({ ...entry, cursor: 0 })) };
    }
    const { handle } = this.#file(r);
    const page = handle.readDir(Number(r.cursor ?? 0), r.sz || 1024, r.plus);
    return { page: (page as Parameters<typeof pageEntryOf>[0][]).map(pageEntryOf) };
  }

  #rename(r: Request, path: string, context: OpContext): Fields {
    const flags = this.#version === 1 ? 0 : r.flags ?? 0;
    if ((flags & ~3) !== 0) throw new VfsError("EINVAL");
    const newPath = r.new_path ?? "";
    if (this.#version === 2) {
      const to = cleanPath(newPath);
      const from = this.#at(path);
      this.#directoryFor(newPath, from);
      return done(this.#fs.rename(from, to, flags, context));
    }
    const from = this.#at(path);
    const to = cleanPath(newPath);
    this.#directoryFor(newPath, from);
    return done(this.#fs.rename(from, to, 0, context));
  }

  #directoryFor(newPath: string, from: string): void {
    if (!endsLikeDirectory(newPath)) return;
    if (!isDirectory(this.#fs.stat(from).mode)) throw new VfsError("ENOTDIR");
  }

  async #syncPath(path: string): Promise<Fields> {
    const clean = this.#at(path);
    const { mode } = this.#fs.stat(clean);
    if (!isDirectory(mode) && !isRegularFile(mode)) throw new VfsError("EINVAL");
    const handle = isDirectory(mode)
      ? await this.#fs.openDir(clean)
      : this.#fs.open(clean, O_RDONLY);
    await handle.sync();
    await handle.close();
    return DONE;
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

  #described(clean: string): Fields {
    const info = this.#fs.lookup(clean);
    if (info === undefined) throw new VfsError("ENOENT");
    return this.#info(info);
  }

  /** What is told of what was made, if it was asked for. */
  #made(r: Request, path: string): Fields {
    return this.#version === 2 && r.plus === true ? this.#described(cleanPath(path)) : DONE;
  }

  #info(info: unknown): Fields {
    const known = info as FileInfo;
    return this.#version === 1 ? { stat: statOf(known) } : { attr: attrOf(known) };
  }

  #opened(r: Request, handle: Handle, flags: number, path: string, isCreate = false): Fields {
    const isTold = this.#version === 1 ? isCreate : r.plus === true;
    const told = isTold ? this.#info(handle.stat()) : DONE;
    this.#open.set(++this.#lastHandle, { handle, flags, path });
    return { ...told, fh: this.#lastHandle };
  }

  #file(r: Request): Open {
    const found = this.#open.get(Number(r.fh ?? 0));
    if (found === undefined) throw new VfsError("EBADF");
    return found;
  }

  #wanted(r: Request): FileLock {
    const kind = (["posix", "flock"] as const)[r.kind ?? 0];
    const type = (["read", "write", "unlock"] as const)[r.type ?? 0];
    if (kind === undefined || type === undefined) throw new VfsError("EINVAL");
    const length = range(r.len, 0);
    const start = range(r.off, length);
    const end = length === 0 ? Infinity : start + length;
    const owner = `${this.#session}:${r.owner ?? ""}`;
    return { kind, type, start, end, owner, pid: r.pid ?? 0 };
  }

  /** A lock as the answer has it: those of the session itself by the names that it gave. */
  #shown({ kind, type, start, end, owner, pid }: FileLock): unknown[] {
    const own = `${this.#session}:`;
    return [
      kind === "posix" ? 0 : 1,
      type === "read" ? 0 : 1,
      start,
      end === Infinity ? 0 : end - start,
      pid,
      owner.startsWith(own) ? owner.slice(own.length) : owner,
    ];
  }
}

function change(
  r: Request,
  mask: number,
  mode: number,
  context: OpContext,
  on: object,
  first: string[],
): void {
  const call = (name: string, ...args: unknown[]) =>
    (on as Record<string, (...args: unknown[]) => unknown>)[name]!(...first, ...args, context);
  if ((mask & 8) !== 0) call("truncate", range(r.size, 0));
  if ((mask & 6) !== 0) {
    call("chown", (mask & 2) === 0 ? -1 : r.new_uid ?? 0, (mask & 4) === 0 ? -1 : r.new_gid ?? 0);
  }
  if ((mask & 1) !== 0) call("chmod", mode);
  if ((mask & 0xf0) !== 0) {
    call("utimes", timeOf(mask, 16, 64, r.atime), timeOf(mask, 32, 128, r.mtime));
  }
}

function done(_result?: unknown): Fields {
  return DONE;
}

function failed(code: "ENOSYS" | "ENAMETOOLONG"): Expected {
  return { err: new VfsError(code).errno, fields: DONE };
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
