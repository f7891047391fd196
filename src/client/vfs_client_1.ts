import { VfsError } from "../fs/mod.ts";
import type { Int64, WireResponse } from "../protocol/mod.ts";
import {
  type ClientEntry,
  type ClientInfo,
  type CreatedFile,
  entryFromWire,
  infoFromWire,
} from "./client_info.ts";
import { WireClient } from "./wire_client.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A client of version 1: one method for each operation of the wire.
 *
 * Every method fails with the {@link VfsError} that the server answered, or with one of those that
 * {@link WireClient.call} describes. Calls are sent in their order and answered in it; several may
 * be under way. Handles are numbers of this connection.
 *
 * @example
 * ```ts
 * import { MemoryProvider, O_RDONLY, StreamTransport, VfsClient1, VfsServer } from "@vfs/server/core";
 *
 * const provider = new MemoryProvider();
 * await provider.writeFile("/a.txt", "hello");
 *
 * const there = new TransformStream<Uint8Array, Uint8Array>();
 * const back = new TransformStream<Uint8Array, Uint8Array>();
 * const server = new VfsServer(provider);
 * void server.handleConnection({ readable: there.readable, writable: back.writable });
 *
 * const client = new VfsClient1(
 *   new StreamTransport({ readable: back.readable, writable: there.writable }),
 * );
 * const fh = await client.open("/a.txt", O_RDONLY);
 * console.log(new TextDecoder().decode(await client.read(fh, 0, 100))); // "hello"
 * await client.close();
 * await server.stop();
 * ```
 */
export class VfsClient1 extends WireClient {
  /** Describes what a path names. */
  async lookup(path: string): Promise<ClientInfo> {
    return infoOf(await this.call("lookup", { path }));
  }

  /** Describes what a path names; of a symbolic link, the link. */
  async getattr(path: string): Promise<ClientInfo> {
    return infoOf(await this.call("getattr", { path }));
  }

  /** Sets the permissions. */
  async setattr(path: string, mode: number): Promise<ClientInfo> {
    return infoOf(await this.call("setattr", { path, mode }));
  }

  /**
   * Reads bytes.
   *
   * @returns The bytes, fewer than wanted at the end of the file or at the limit of the server.
   */
  async read(fh: Int64, offset: number, size: number): Promise<Uint8Array> {
    return (await this.call("read", { fh, off: offset, sz: size })).data;
  }

  /**
   * Writes bytes. They are copied before this returns.
   *
   * @returns How many were written.
   */
  async write(fh: Int64, offset: number, data: Uint8Array): Promise<number> {
    return (await this.call("write", { fh, off: offset, data })).written;
  }

  /** Opens for reading and writing a file that is made if it is missing, and emptied if it is not. */
  async create(path: string, mode: number = 0o644): Promise<CreatedFile> {
    const response = await this.call("create", { path, mode });
    return { fh: response.fh, info: infoOf(response) };
  }

  /** Makes a directory. */
  async mkdir(path: string, mode: number = 0o755): Promise<void> {
    await this.call("mkdir", { path, mode });
  }

  /** Removes a name that is not a directory's. */
  async unlink(path: string): Promise<void> {
    await this.call("unlink", { path });
  }

  /** Removes an empty directory. */
  async rmdir(path: string): Promise<void> {
    await this.call("rmdir", { path });
  }

  /** Gives another name, and replaces what has it. */
  async rename(from: string, to: string): Promise<void> {
    await this.call("rename", { path: from, new_path: to });
  }

  /**
   * Opens what a path names.
   *
   * @param path What to open.
   * @param flags Linux open flags.
   * @param mode The permissions of a file that is made.
   * @returns The handle.
   */
  async open(path: string, flags: number, mode: number = 0o644): Promise<Int64> {
    return (await this.call("open", { path, flags, mode })).fh;
  }

  /** Closes a handle. */
  async release(fh: Int64): Promise<void> {
    await this.call("release", { fh });
  }

  /** Lists a whole directory. */
  async readdir(path: string): Promise<ClientEntry[]> {
    return (await this.call("readdir", { path })).entries.map(entryFromWire);
  }

  /** Puts an open file on stable storage. */
  async fsync(fh: Int64): Promise<void> {
    await this.call("fsync", { fh });
  }

  /** Makes a directory and those above it that are missing. */
  async mkdirall(path: string, mode: number = 0o755): Promise<void> {
    await this.call("mkdirall", { path, mode });
  }

  /** Sets the size of a file, by its path or by a handle. */
  async truncate(file: string | Int64, size: number): Promise<void> {
    await this.call(
      "truncate",
      typeof file === "string" ? { path: file, off: size } : {
        fh: file,
        off: size,
      },
    );
  }

  /** Makes a symbolic link at `path` that says `target`. */
  async symlink(target: string, path: string): Promise<void> {
    await this.call("symlink", { path, new_path: target });
  }

  /** Tells what a symbolic link says. */
  async readlink(path: string): Promise<string> {
    return strict.decode((await this.call("readlink", { path })).data);
  }

  /** Gives a file another name. */
  async link(existing: string, path: string): Promise<void> {
    await this.call("link", { path: existing, new_path: path });
  }

  /** Puts what a path names on stable storage, directories included. */
  async fsyncpath(path: string): Promise<void> {
    await this.call("fsyncpath", { path });
  }
}

function infoOf(response: WireResponse): ClientInfo {
  if (response.stat === undefined) throw new VfsError("EPROTO", "an answer without attributes");
  return infoFromWire(response.stat);
}
