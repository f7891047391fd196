import {
  BaseProvider,
  type Change,
  type DirEntry,
  type FileInfo,
  type Handle,
  O_CREAT,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  type OpContext,
  type StatFs,
  type TimeChange,
  VfsError,
} from "../fs/mod.ts";
import type { Int64, OperationName, WireResponse2 } from "../protocol/mod.ts";
import { entriesOf, infoOf, statfsOf } from "./_convert.ts";
import { CHMOD, chownFields, timeFields } from "./_setattr.ts";
import { RemoteHandle } from "./remote_handle.ts";
import type { RequestFields, VfsClient } from "./vfs_client.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The tree that a server serves, as a provider: to be mounted, wrapped, or served again.
 *
 * Everything that the provider at the other end can do can be done here. Nothing is cached: who asks
 * gets what is there. Over version 1 there is less: attributes are completed with guesses, and what
 * that version cannot say fails with ENOSYS or EOPNOTSUPP.
 *
 * @example
 * ```ts
 * import {
 *   MemoryProvider, RemoteProvider, StreamTransport, VfsClient, VfsServer,
 * } from "@vfs/server/core";
 *
 * const server = new VfsServer(MemoryProvider.from({ "a.txt": "hello" }));
 * const client = await VfsClient.connect(() => {
 *   const there = new TransformStream<Uint8Array, Uint8Array>();
 *   const back = new TransformStream<Uint8Array, Uint8Array>();
 *   void server.handleConnection({ readable: there.readable, writable: back.writable });
 *   return new StreamTransport({ readable: back.readable, writable: there.writable });
 * });
 * const files = new RemoteProvider(client);
 * console.log((await files.stat("/a.txt")).size); // 5
 * await client.close();
 * await server.stop();
 * ```
 */
export class RemoteProvider extends BaseProvider {
  /** The connection. */
  readonly client: VfsClient;

  /** Tells of changes that others make; missing where the server does not. */
  readonly watch?: (path: string, listener: (change: Change) => void) => () => void;

  /**
   * Shows the tree that a client is connected to.
   *
   * @param client The connection.
   */
  constructor(client: VfsClient) {
    super();
    this.client = client;
    if (client.server.features.includes("notify")) this.watch = this.#watch.bind(this);
  }

  #watch(path: string, listener: (change: Change) => void): () => void {
    let isOver = false;
    let stop = (): void => {};
    this.client.subscribe(path, listener).then((ended) => {
      if (isOver) ended();
      else stop = ended;
    }, () => {
      // What cannot be followed may change at any time.
      if (!isOver) listener({ kind: "tree", path });
    });
    return () => {
      isOver = true;
      stop();
    };
  }

  #call<T>(
    name: OperationName,
    fields: RequestFields,
    take: (answer: WireResponse2) => T,
    context: OpContext | undefined,
  ): Promise<T> {
    return this.client.call(name, fields, take, { context });
  }

  get #isOld(): boolean {
    return this.client.server.version === 1;
  }

  /** Whether nothing in the tree can be changed. */
  override get readonly(): boolean {
    return this.client.server.readonly;
  }

  /** Describes what a path names. */
  override stat(path: string, context?: OpContext): Promise<FileInfo> {
    return this.#call("getattr", { path }, ({ attr }) => infoOf(attr), context);
  }

  /** Describes what a path names, or answers `undefined`. */
  override lookup(path: string, context?: OpContext): Promise<FileInfo | undefined> {
    return this.#call("lookup", { path }, ({ attr }) => infoOf(attr), context)
      .catch(undefinedForMissing);
  }

  /** Lists a whole directory. */
  override async readDir(path: string, plus = false, context?: OpContext): Promise<DirEntry[]> {
    try {
      return await this.#call("readdir", { path, plus }, ({ page }) => entriesOf(page), context);
    } catch (error) {
      const isTooLarge = error instanceof VfsError && error.code === "EOVERFLOW";
      if (!isTooLarge || this.#isOld) throw error;
    }
    const handle = await this.openDir(path, context);
    try {
      return await listAll(handle, plus, context);
    } finally {
      await handle.close(context);
    }
  }

  /** Opens a directory, to be listed in pages. */
  override openDir(path: string, context?: OpContext): Promise<Handle> {
    if (this.#isOld) return Promise.resolve(super.openDir(path, context));
    return this.#open("opendir", { path }, 0, context);
  }

  /** Opens what a path names. */
  override open(
    path: string,
    flags: number,
    mode = 0,
    context?: OpContext,
  ): Promise<Handle> {
    return this.#open("open", { path, flags, mode }, flags, context);
  }

  /** Opens a file for reading and writing, made if it is missing and emptied if it is not. */
  override create(path: string, mode: number, context?: OpContext): Promise<Handle> {
    return this.#open("create", { path, mode }, O_RDWR | O_CREAT | O_TRUNC, context);
  }

  async #open(
    name: "open" | "opendir" | "create",
    fields: RequestFields & { readonly path: string },
    flags: number,
    context: OpContext | undefined,
  ): Promise<Handle> {
    const opened = await this.#call(
      name,
      { ...fields, plus: this.client.needsIdentity },
      ({ fh, attr }): { fh: Int64; ino: bigint | undefined } => ({
        fh,
        ino: attr === undefined ? undefined : BigInt(attr.ino),
      }),
      context,
    );
    return new RemoteHandle(this.client, {
      ...opened,
      path: fields.path,
      flags,
      isListing: name === "opendir",
      stale: undefined,
      bound: (flags & O_TMPFILE) === O_TMPFILE ? "it never had a name" : undefined,
    });
  }

  /** Makes a directory. */
  override mkdir(path: string, mode: number, context?: OpContext): Promise<void> {
    return this.#call("mkdir", { path, mode }, nothing, context);
  }

  /** Makes a directory and those above it that are missing. */
  override mkdirAll(path: string, mode: number, context?: OpContext): Promise<void> {
    return this.#call("mkdirall", { path, mode }, nothing, context);
  }

  /** Makes a fifo, a socket, a regular file or a device node. */
  override mknod(path: string, mode: number, rdev: number, context?: OpContext): Promise<void> {
    return this.#call("mknod", { path, mode, rdev }, nothing, context);
  }

  /** Makes a symbolic link. */
  override symlink(target: string, path: string, context?: OpContext): Promise<void> {
    return this.#call("symlink", { path, new_path: target }, nothing, context);
  }

  /** Gives a file a further name. */
  override link(existing: string, path: string, context?: OpContext): Promise<void> {
    return this.#call("link", { path: existing, new_path: path }, nothing, context);
  }

  /** Answers the target of a symbolic link. */
  override readlink(path: string, context?: OpContext): Promise<string> {
    return this.#call("readlink", { path }, ({ data }) => strict.decode(data), context);
  }

  /** Removes a name of something that is no directory. */
  override unlink(path: string, context?: OpContext): Promise<void> {
    return this.#call("unlink", { path }, nothing, context);
  }

  /** Removes an empty directory. */
  override rmdir(path: string, context?: OpContext): Promise<void> {
    return this.#call("rmdir", { path }, nothing, context);
  }

  /** Removes what a path names with all that is below it. */
  override removeAll(path: string, context?: OpContext): Promise<void> {
    if (this.#isOld) return Promise.resolve(super.removeAll(path, context));
    return this.#call("removeall", { path }, nothing, context);
  }

  /** Gives something another name. */
  override rename(from: string, to: string, flags = 0, context?: OpContext): Promise<void> {
    return this.#call("rename", { path: from, new_path: to, flags }, nothing, context);
  }

  /** Sets the permissions of what a path names. */
  override chmod(path: string, mode: number, context?: OpContext): Promise<void> {
    return this.#call("setattr", { path, mask: CHMOD, mode }, nothing, context);
  }

  /** Sets the owners of what a path names. */
  override chown(path: string, uid: number, gid: number, context?: OpContext): Promise<void> {
    return this.#call("setattr", { path, ...chownFields(uid, gid) }, nothing, context);
  }

  /** Sets the times of what a path names. */
  override utimes(
    path: string,
    atime: TimeChange,
    mtime: TimeChange,
    context?: OpContext,
  ): Promise<void> {
    return this.#call("setattr", { path, ...timeFields(atime, mtime) }, nothing, context);
  }

  /** Sets the size of a file. */
  override truncate(path: string, size: number, context?: OpContext): Promise<void> {
    return this.#call("truncate", { path, off: size }, nothing, context);
  }

  /** Tells how large the filesystem is, and how full. */
  override statfs(path: string, context?: OpContext): Promise<StatFs> {
    return this.#call("statfs", { path }, ({ statfs }) => statfsOf(statfs), context);
  }

  /** Answers the value of an extended attribute. */
  override getxattr(path: string, name: string, context?: OpContext): Promise<Uint8Array> {
    return this.#call("getxattr", { path, name }, ({ data }) => data.slice(), context);
  }

  /** Sets an extended attribute. */
  override setxattr(
    path: string,
    name: string,
    value: Uint8Array,
    flags = 0,
    context?: OpContext,
  ): Promise<void> {
    return this.#call("setxattr", { path, name, data: value, flags }, nothing, context);
  }

  /** Lists the names of the extended attributes. */
  override listxattr(path: string, context?: OpContext): Promise<string[]> {
    return this.#call("listxattr", { path }, ({ names }) => names, context);
  }

  /** Removes an extended attribute. */
  override removexattr(path: string, name: string, context?: OpContext): Promise<void> {
    return this.#call("removexattr", { path, name }, nothing, context);
  }
}

const PAGE = 1024;

async function listAll(
  handle: Handle,
  plus: boolean,
  context: OpContext | undefined,
): Promise<DirEntry[]> {
  const entries: DirEntry[] = [];
  for (let cursor = 0;;) {
    const page = await handle.readDir(cursor, PAGE, plus, context);
    if (page.length === 0) return entries;
    entries.push(...page);
    cursor = page.at(-1)!.cursor;
  }
}

function undefinedForMissing(error: unknown): undefined {
  if (error instanceof VfsError && error.code === "ENOENT") return undefined;
  throw error;
}

function nothing(): void {}
