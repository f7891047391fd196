/**
 * Whose a file is for the guest: as the host has it, all one owner's, or as noted in an extended
 * attribute of the file.
 */
export type Ownership = "host" | "fixed" | "xattr";

/** How to serve a directory of the host. */
export interface RealDirectoryOptions {
  /** Whether to refuse every change with EROFS (default false). */
  readonly readonly?: boolean;
  /**
   * What becomes of symbolic links (default `"show"`). They are shown as the text that they are;
   * `"deny"` lets them be seen and removed, and nothing else: none is made, read, moved or linked.
   */
  readonly symlinks?: "show" | "deny";
  /**
   * What becomes of fifos, sockets and devices (default `"show"`). They are shown and never opened;
   * fifos and sockets can be made. `"deny"` lets them be seen and removed, and nothing else.
   */
  readonly specials?: "show" | "deny";
  /** Whether to stay on the mount of the directory, EXDEV elsewhere (default false). */
  readonly noxdev?: boolean;
  /** Whose files are (default `"host"`, or `"fixed"` where `uid` or `gid` is given). */
  readonly ownership?: Ownership;
  /** The owner of everything with `"fixed"`, and of what has no note with `"xattr"` (default 0). */
  readonly uid?: number;
  /** The group of everything with `"fixed"`, and of what has no note with `"xattr"` (default 0). */
  readonly gid?: number;
  /**
   * Which system calls to use (default `"auto"`): `"native"` ones by the runtime's own foreign
   * function interface, the `"portable"` ones of `node:fs`, or whichever there are.
   */
  readonly syscalls?: "auto" | "portable" | "native";
  /** How many directories are kept open to be found faster (default 1024; 0 for none). */
  readonly openDirectories?: number;
  /**
   * Whether nobody but this provider renames anything in the tree (default false). It saves system
   * calls in each operation. If it is not true, files may be found by names they had before, and a
   * device or a fifo that somebody puts in a file's place at the very moment may be opened; nothing
   * outside is ever reached either way.
   */
  readonly exclusive?: boolean;
  /** Told, once and in one sentence, what is missing on this host or runtime. */
  readonly onNotice?: (notice: string) => void;
}
