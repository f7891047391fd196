import type { FsStats, StatOptions } from "./_attributes.ts";
import type { ContentOptions, FileData } from "./_bytes.ts";
import type { CpOptions } from "./_cp.ts";
import type { ReadFileOptions, WriteFileOptions } from "./_files.ts";
import type { OpendirOptions, ReaddirOptions } from "./_list.ts";
import type { MkdirOptions, RmOptions } from "./_names.ts";
import type { ReadableStreamOptions, WritableStreamOptions } from "./_streams.ts";
import type { TimeLike } from "./_times.ts";
import type { PathLike } from "./_tree.ts";
import type { WatchEvent, WatchOptions } from "./_watch.ts";
import type { FS_CONSTANTS } from "./constants.ts";
import type { Dir } from "./dir.ts";
import type { Dirent } from "./dirent.ts";
import type { FileHandle } from "./file_handle.ts";
import type { BigIntStats, Stats } from "./stats.ts";

/**
 * The functions of `node:fs/promises` before a tree of files, made by {@link promisesOf}.
 *
 * They mean what Node's documentation says; each can be taken out of the object and called alone.
 * What is different: bytes are `Uint8Array`, never `Buffer`; relative paths count from the root of
 * the tree; errors are {@link FsError}, with the numbers of Linux; and two functions are there that
 * Node has elsewhere, {@link VfsPromises.readableStream} and {@link VfsPromises.writableStream}.
 *
 * Links are followed as a program expects, at most 40 on a way (ELOOP), and never out of the tree:
 * an absolute target counts from its root, and `..` stops there.
 */
export interface VfsPromises {
  /** The constants of `node:fs`. */
  readonly constants: typeof FS_CONSTANTS;

  /** Fails with ENOENT, EACCES or EROFS if a file cannot be used in the way that `mode` asks. */
  access(path: PathLike, mode?: number): Promise<void>;
  /** Writes data behind the end of a file, which is made if it is missing. */
  appendFile(
    path: PathLike | FileHandle,
    data: FileData,
    options?: WriteFileOptions | string | null,
  ): Promise<void>;
  /** Sets the permissions. */
  chmod(path: PathLike, mode: number | string): Promise<void>;
  /** Sets the owner; -1 keeps one. */
  chown(path: PathLike, uid: number, gid: number): Promise<void>;
  /** Copies a file, with its permissions. */
  copyFile(from: PathLike, to: PathLike, mode?: number): Promise<void>;
  /** Copies a file, a link, or with `recursive` a whole tree. */
  cp(from: PathLike, to: PathLike, options?: CpOptions): Promise<void>;
  /** Sets the owner of a link itself. */
  lchown(path: PathLike, uid: number, gid: number): Promise<void>;
  /** Gives another name to a file. */
  link(existing: PathLike, path: PathLike): Promise<void>;
  /** Describes a name; of a link, the link. */
  lstat(path: PathLike, options?: { readonly bigint?: false | undefined }): Promise<Stats>;
  /** Describes what a path names, a symbolic link as itself. */
  lstat(path: PathLike, options: { readonly bigint: true }): Promise<BigIntStats>;
  /** Describes what a path names, a symbolic link as itself. */
  lstat(path: PathLike, options?: StatOptions): Promise<Stats | BigIntStats>;
  /** Sets the times of a link itself. */
  lutimes(path: PathLike, atime: TimeLike, mtime: TimeLike): Promise<void>;
  /** Makes a directory; with `recursive` gives the first that had to be made. */
  mkdir(
    path: PathLike,
    options?: MkdirOptions | number | string | null,
  ): Promise<string | undefined>;
  /** Makes a directory with a name that nothing else has: the prefix and six characters. */
  mkdtemp(prefix: PathLike): Promise<string>;
  /** Opens a file. */
  open(path: PathLike, flags?: string | number, mode?: number | string): Promise<FileHandle>;
  /** Opens a directory, to list it part by part. */
  opendir(path: PathLike, options?: OpendirOptions): Promise<Dir>;
  /** Lists a directory. */
  readdir(
    path: PathLike,
    options?:
      | (ReaddirOptions & { readonly withFileTypes?: false | undefined })
      | string
      | null,
  ): Promise<string[]>;
  /** Lists a directory. */
  readdir(
    path: PathLike,
    options: ReaddirOptions & { readonly withFileTypes: true },
  ): Promise<Dirent[]>;
  /** Reads a whole file; as text where an encoding is given. */
  readFile(
    path: PathLike | FileHandle,
    options?: (ReadFileOptions & { readonly encoding?: null | undefined }) | null,
  ): Promise<Uint8Array>;
  /** Reads a whole file. */
  readFile(
    path: PathLike | FileHandle,
    options: (ReadFileOptions & { readonly encoding: string }) | string,
  ): Promise<string>;
  /** Tells what a link says. */
  readlink(path: PathLike): Promise<string>;
  /** Gives the path without links that a path leads to. */
  realpath(path: PathLike): Promise<string>;
  /** Gives something another name. */
  rename(from: PathLike, to: PathLike): Promise<void>;
  /** Removes a file, or with `recursive` a whole tree. */
  rm(path: PathLike, options?: RmOptions): Promise<void>;
  /** Removes an empty directory. */
  rmdir(path: PathLike): Promise<void>;
  /** Describes what a path leads to. */
  stat(path: PathLike, options?: { readonly bigint?: false | undefined }): Promise<Stats>;
  /** Describes what a path names, links resolved. */
  stat(path: PathLike, options: { readonly bigint: true }): Promise<BigIntStats>;
  /** Describes what a path names, links resolved. */
  stat(path: PathLike, options?: StatOptions): Promise<Stats | BigIntStats>;
  /** Describes the filesystem. */
  statfs(path: PathLike): Promise<FsStats>;
  /** Makes a symbolic link; Node's third argument, for Windows, means nothing. */
  symlink(target: PathLike, path: PathLike, type?: string | null): Promise<void>;
  /** Sets the size of a file. */
  truncate(path: PathLike, size?: number): Promise<void>;
  /** Removes a name that is not a directory's. */
  unlink(path: PathLike): Promise<void>;
  /** Sets the times. */
  utimes(path: PathLike, atime: TimeLike, mtime: TimeLike): Promise<void>;
  /** Tells of changes, where the provider does ({@link Watchable}); otherwise ENOSYS. */
  watch(path: PathLike, options?: WatchOptions): AsyncIterableIterator<WatchEvent>;
  /** Writes a whole file, which is made if it is missing and replaced if it is not. */
  writeFile(
    path: PathLike | FileHandle,
    data: FileData,
    options?: WriteFileOptions | string | null,
  ): Promise<void>;

  /** Opens a file to be read as a stream, which closes it at its end. */
  readableStream(
    path: PathLike,
    options?: ReadableStreamOptions,
  ): Promise<ReadableStream<Uint8Array>>;
  /** Opens a file to be written as a stream, which closes it at its end. */
  writableStream(
    path: PathLike,
    options?: WritableStreamOptions,
  ): Promise<WritableStream<Uint8Array | string>>;
}

export type {
  ContentOptions,
  CpOptions,
  FileData,
  FsStats,
  MkdirOptions,
  OpendirOptions,
  PathLike,
  ReadableStreamOptions,
  ReaddirOptions,
  ReadFileOptions,
  RmOptions,
  StatOptions,
  TimeLike,
  WatchEvent,
  WatchOptions,
  WritableStreamOptions,
  WriteFileOptions,
};
