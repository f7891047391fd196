import type { VfsClient } from "../client/mod.ts";
import type { FileInfo, Provider } from "../fs/mod.ts";

/** What the commands know of a file; with version 1 much of it is guessed. */
export type Facts = FileInfo;

/** What the commands know of an open file. */
export interface OpenFile {
  /** Reads at most `size` bytes; none at the end of the file. */
  read(offset: number, size: number): Promise<Uint8Array>;
  /** Writes bytes, and tells how many. */
  write(offset: number, data: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** What the commands need of a served tree, whatever the version of the protocol. */
export interface Tree {
  /** The connection. */
  readonly client: VfsClient;
  /** The tree as a provider. */
  readonly provider: Provider;
  stat(path: string): Promise<Facts>;
  readDir(path: string): Promise<readonly { readonly name: string; readonly mode: number }[]>;
  readlink(path: string): Promise<string>;
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
}

/** How much is read or written at a time, in bytes: what the guests of version 1 use. */
export const CHUNK: number = 128 * 1024;
