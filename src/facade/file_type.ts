import {
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
} from "../fs/mod.ts";

/** The questions about its type that one may ask of anything with a mode. */
export abstract class FileType {
  readonly #type: number;

  /**
   * Tells the types apart by a mode.
   *
   * @param mode A mode with type bits.
   */
  constructor(mode: number) {
    this.#type = mode & S_IFMT;
  }

  /** Whether it is a regular file. */
  isFile(): boolean {
    return this.#type === S_IFREG;
  }
  /** Whether it is a directory. */
  isDirectory(): boolean {
    return this.#type === S_IFDIR;
  }
  /** Whether it is a symbolic link. */
  isSymbolicLink(): boolean {
    return this.#type === S_IFLNK;
  }
  /** Whether it is a named pipe. */
  isFIFO(): boolean {
    return this.#type === S_IFIFO;
  }
  /** Whether it is a socket. */
  isSocket(): boolean {
    return this.#type === S_IFSOCK;
  }
  /** Whether it is a block device. */
  isBlockDevice(): boolean {
    return this.#type === S_IFBLK;
  }
  /** Whether it is a character device. */
  isCharacterDevice(): boolean {
    return this.#type === S_IFCHR;
  }
}
