import type { FileLock, StatFs, TimeChange } from "../../src/fs/mod.ts";

/**
 * A name in a directory of the host: text, or the bytes of a name that is not UTF-8. The latter
 * only occur where a whole tree is removed.
 */
export type HostName = string | Uint8Array;

/** What the host tells of a file. One object is filled again and again. */
export class HostStat {
  /** The device that holds the file. */
  dev = 0;
  /** The inode number, unique on its device. */
  ino = 0n;
  mode = 0;
  nlink = 0;
  uid = 0;
  gid = 0;
  rdev = 0;
  size = 0;
  blocks = 0;
  blksize = 0;
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;
}

/** An entry as a directory has it. */
export interface HostEntry {
  readonly name: HostName;
  /** The inode number, or 0 where the listing does not tell. */
  readonly ino: bigint;
  /** The type bits of the mode, or 0 where the listing does not tell. */
  readonly type: number;
}

/** A directory that is read part by part. */
export interface HostListing {
  /** Gives the next entries, in the order of the host, without `.` and `..`; none at the end. */
  next(): readonly HostEntry[];
  /** Frees what the listing holds; the descriptor it reads from stays open. */
  close(): void;
}

/** What `statfs(2)` tells, with the type of the filesystem. */
export interface HostStatFs extends StatFs {
  /** The magic number of the filesystem's type. */
  readonly type: number;
}

/** A lock in conflict, as the host's kernel tells it. */
export interface HostLock {
  readonly type: "read" | "write";
  readonly start: number;
  readonly end: number;
  readonly pid: number;
}

/**
 * The system calls that a real directory is made of.
 *
 * Everything is relative to a descriptor, and a name is always one name (never empty, `.`, `..`, or
 * with a slash in it; two calls may be given several, see there). Nothing follows a symbolic link. Every function is synchronous and fails by throwing a `VfsError` with
 * the errno of the kernel; only `sync` promises, because a disk may take its time.
 *
 * Descriptors of one implementation mean nothing to another.
 *
 * A *node* is a descriptor of O_PATH: it stands for an inode and cannot read it, so that opening it
 * touches no device and waits for no pipe.
 */
export interface Syscalls {
  /** Which of the two implementations it is. */
  readonly kind: "portable" | "native";
  /** Whether directories and nodes can be opened by several names at once, with slashes between. */
  readonly walksPaths: boolean;

  /** Opens a directory by its path on the host, links followed: the one call that does so. */
  openRoot(path: string): number;
  /** Opens a directory as a node; `names` is one name or, with `walksPaths`, several. */
  openDirectory(directory: number, names: HostName): number;
  /**
   * Opens whatever a name stands for as a node; of a symbolic link, the link.
   *
   * @param names One name or, with `walksPaths`, several.
   * @returns The node, or -1 if there is nothing of that name.
   */
  openNode(directory: number, names: string): number;
  /** Opens the regular file or the directory that a node stands for. */
  reopen(node: number, flags: number): number;
  /**
   * Opens what a name stands for if it is a regular file on this device: what `openNode`, `fstat`
   * and `reopen` do together, in less time. Returns -1 if it is anything else, or is not there.
   */
  openRegular?(directory: number, names: string, device: number, flags: number): number;
  /** Opens a regular file by its name: only where nobody can put anything else in its place. */
  openFile(directory: number, name: string, flags: number): number;
  /** Makes a regular file with exactly this mode and opens it; EEXIST if the name exists. */
  createFile(directory: number, name: string, flags: number, mode: number): number;
  /** Makes a regular file without a name. */
  createUnnamed(directory: number, flags: number, mode: number): number;
  /** Closes a descriptor. */
  close(descriptor: number): void;

  /** Tells where a descriptor's file is now; used to compare, never to open. */
  whereabouts(descriptor: number): string;
  /** Tells which mount a descriptor is on. */
  mountId(descriptor: number): number;
  /** Describes what a name stands for; false if there is no such name. */
  lstat(directory: number, name: string, into: HostStat): boolean;
  /** Describes what is open. */
  fstat(descriptor: number, into: HostStat): void;
  /** Describes the filesystem that a descriptor is on. */
  statfs(descriptor: number): HostStatFs;
  /** Begins to list a directory; the descriptor is not a node. */
  list(directory: number): HostListing;

  mkdir(directory: number, name: string, mode: number): void;
  mknod(directory: number, name: string, mode: number, rdev: number): void;
  symlink(target: string, directory: number, name: string): void;
  readlink(directory: number, name: string): string;
  link(from: number, name: string, to: number, newName: string): void;
  unlink(directory: number, name: HostName): void;
  rmdir(directory: number, name: HostName): void;
  rename(from: number, name: string, to: number, newName: string, flags: number): void;

  /** Sets the permissions of what is open, also of a node that is no symbolic link. */
  chmod(descriptor: number, mode: number): void;
  /** Sets the owner of what is open, also of a node. */
  chown(descriptor: number, uid: number, gid: number): void;
  /** Sets the times of what is open, also of a node. */
  utimes(descriptor: number, atime: TimeChange, mtime: TimeChange): void;
  /** Sets the size of an open regular file. */
  truncate(descriptor: number, size: number): void;

  read(file: number, buffer: Uint8Array, offset: number): number;
  write(file: number, data: Uint8Array, offset: number): number;
  sync(descriptor: number, dataOnly: boolean): Promise<void>;
  allocate(file: number, mode: number, offset: number, length: number): void;
  /** SEEK_DATA (3) or SEEK_HOLE (4). */
  seek(file: number, offset: number, whence: number): number;
  /** Copies inside the host; EXDEV or EOPNOTSUPP where it cannot. */
  copyRange(
    file: number,
    offset: number,
    target: number,
    targetOffset: number,
    length: number,
  ): number;

  /** Reads an extended attribute of what is open, also of a node; so do the next three. */
  getxattr(descriptor: number, name: string): Uint8Array;
  setxattr(descriptor: number, name: string, value: Uint8Array, flags: number): void;
  listxattr(descriptor: number): string[];
  removexattr(descriptor: number, name: string): void;

  /** Takes or gives back a lock of the open file description; false if another one is in the way. */
  lock(file: number, type: FileLock["type"], start: number, end: number): boolean;
  /** Takes or gives back the `flock(2)` of the open file description; false as above. */
  flock(file: number, type: FileLock["type"]): boolean;
  /** Asks for a lock in the way. */
  getLock(file: number, type: FileLock["type"], start: number, end: number): HostLock | undefined;
}
