import type { ClientInfo, VfsClient1 } from "../src/client/mod.ts";
import {
  BaseHandle,
  BaseProvider,
  type DirEntry,
  type FileInfo,
  type Handle,
  isDirectory,
  ListingHandle,
  O_DIRECTORY,
  O_RDONLY,
  VfsError,
} from "../src/fs/mod.ts";

/** What the server takes in one write. */
const WRITE_LIMIT = 1 << 19;

/** Fills in what version 1 does not tell. */
function complete(info: ClientInfo): FileInfo {
  const { ino, mode, size, mtime } = info;
  const unknown = { nlink: 1, uid: 0, gid: 0, rdev: 0, blocks: 0, blksize: 4096 };
  return { ino, mode, size, ...unknown, atime: mtime, mtime, ctime: mtime };
}

class V1Handle extends BaseHandle {
  readonly #client: VfsClient1;
  readonly #fh: Awaited<ReturnType<VfsClient1["open"]>>;
  #open = true;

  constructor(client: VfsClient1, fh: Awaited<ReturnType<VfsClient1["open"]>>) {
    super();
    this.#client = client;
    this.#fh = fh;
  }

  override async readAt(buffer: Uint8Array, offset: number): Promise<number> {
    const data = await this.#client.read(this.#fh, offset, buffer.length);
    buffer.set(data);
    return data.length;
  }

  override writeAt(data: Uint8Array, offset: number): Promise<number> {
    return this.#client.write(this.#fh, offset, data.subarray(0, WRITE_LIMIT));
  }

  /** Version 1 describes by path alone. */
  override stat(): never {
    throw new VfsError("ENOSYS");
  }

  override truncate(size: number): Promise<void> {
    return this.#client.truncate(this.#fh, size);
  }

  override sync(): Promise<void> {
    return this.#client.fsync(this.#fh);
  }

  override async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#client.release(this.#fh);
  }
}

class V1Directory extends ListingHandle {
  readonly #sync: () => Promise<void>;

  constructor(fs: V1Provider, path: string, sync: () => Promise<void>) {
    super(fs, path);
    this.#sync = sync;
  }

  override sync(): Promise<void> {
    return this.#sync();
  }
}

/** What a guest of version 1 can do, as a provider: the contract over the wire. */
export class V1Provider extends BaseProvider {
  readonly #client: VfsClient1;
  readonly #root: string;

  /**
   * @param client The connection.
   * @param root The directory of the server that is the root here.
   */
  constructor(client: VfsClient1, root = "/") {
    super();
    this.#client = client;
    this.#root = root;
  }

  #at(path: string): string {
    if (this.#root === "/") return path;
    return path === "/" ? this.#root : this.#root + path;
  }

  override get readonly(): boolean {
    return false;
  }

  override async stat(path: string): Promise<FileInfo> {
    return complete(await this.#client.getattr(this.#at(path)));
  }

  override async lookup(path: string): Promise<FileInfo | undefined> {
    try {
      return complete(await this.#client.lookup(this.#at(path)));
    } catch (error) {
      if (error instanceof VfsError && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  override async readDir(path: string): Promise<DirEntry[]> {
    return await this.#client.readdir(this.#at(path));
  }

  override openDir(path: string): Promise<Handle> {
    return this.open(path, O_RDONLY | O_DIRECTORY);
  }

  override async open(path: string, flags: number, mode?: number): Promise<Handle> {
    const handle = new V1Handle(this.#client, await this.#client.open(this.#at(path), flags, mode));
    if (!isDirectory((await this.stat(path)).mode)) return handle;
    await handle.close();
    return new V1Directory(this, path, () => this.#client.fsyncpath(this.#at(path)));
  }

  override async create(path: string, mode: number): Promise<Handle> {
    return new V1Handle(this.#client, (await this.#client.create(this.#at(path), mode)).fh);
  }

  override mkdir(path: string, mode: number): Promise<void> {
    return this.#client.mkdir(this.#at(path), mode);
  }

  override mkdirAll(path: string, mode: number): Promise<void> {
    return this.#client.mkdirall(this.#at(path), mode);
  }

  override symlink(target: string, path: string): Promise<void> {
    return this.#client.symlink(target, this.#at(path));
  }

  override link(existing: string, path: string): Promise<void> {
    return this.#client.link(this.#at(existing), this.#at(path));
  }

  override readlink(path: string): Promise<string> {
    return this.#client.readlink(this.#at(path));
  }

  override unlink(path: string): Promise<void> {
    return this.#client.unlink(this.#at(path));
  }

  override rmdir(path: string): Promise<void> {
    return this.#client.rmdir(this.#at(path));
  }

  override async rename(from: string, to: string, flags = 0): Promise<void> {
    if (flags !== 0) throw new VfsError("EINVAL", from);
    await this.#client.rename(this.#at(from), this.#at(to));
  }

  override async chmod(path: string, mode: number): Promise<void> {
    await this.#client.setattr(this.#at(path), mode);
  }

  override truncate(path: string, size: number): Promise<void> {
    return this.#client.truncate(this.#at(path), size);
  }
}
