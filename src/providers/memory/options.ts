import type { Timespec } from "../../fs/mod.ts";

/** How a `MemoryProvider` is limited, and how it keeps time. */
export interface MemoryOptions {
  /**
   * The most bytes that contents, link targets and extended attributes may take together (ENOSPC).
   *
   * Beside them an inode with its name costs the host about 400 bytes, which `inodes` bounds.
   * `Infinity` sets no limit: then a guest can take all the memory of the host.
   *
   * @default {1 GiB}
   */
  readonly limit?: number;
  /**
   * The most files, directories and links; each further name of a file counts as one (ENOSPC).
   *
   * @default {1_048_576}
   */
  readonly inodes?: number;
  /**
   * The largest size of a file, in bytes (EFBIG).
   *
   * @default {Number.MAX_SAFE_INTEGER}
   */
  readonly fileSize?: number;
  /**
   * The most bytes that the files of one user may take (EDQUOT); those of root are not counted.
   *
   * @default {Infinity}
   */
  readonly quota?: number;
  /**
   * The most advisory locks that are held at a time, by all callers together (ENOLCK).
   *
   * @default {16_384}
   */
  readonly locks?: number;
  /**
   * When reading sets the access time: each time (`"strict"`), never (`"none"`), or, as Linux does
   * unless told otherwise, when it is not later than the last change, or a day old when a handle is first read.
   *
   * @default {"relatime"}
   */
  readonly atime?: "strict" | "relatime" | "none";
  /**
   * Tells the time.
   *
   * @default {now}
   */
  readonly clock?: () => Timespec;
  /** The permissions (0o755) and the owner (0, 0) that the root directory begins with. */
  readonly root?: { readonly mode?: number; readonly uid?: number; readonly gid?: number };
}
