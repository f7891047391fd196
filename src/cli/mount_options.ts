import { choice, type FlagsOf, permissions, size, toggle, whole } from "./flag.ts";

/** The options of a directory of the host. */
export interface DirectoryMountOptions {
  readonly ro?: true;
  readonly uid?: number;
  readonly gid?: number;
  readonly ownership?: "host" | "fixed" | "xattr";
  readonly nosymlink?: true;
  readonly nospecial?: true;
  readonly noxdev?: true;
  readonly exclusive?: true;
}

/** The options of a tree in memory. */
export interface MemoryMountOptions {
  readonly limit?: number;
  readonly inodes?: number;
  readonly fileSize?: number;
  readonly quota?: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** The largest number of a user or group; the one after it means "leave it". */
const MAX_ID = 2 ** 32 - 2;

/** The options of a directory of the host, as they are written. */
export const DIRECTORY_OPTIONS: FlagsOf<DirectoryMountOptions> = {
  ro: toggle({ summary: "read-only: every change fails with EROFS" }),
  uid: whole("N", 0, MAX_ID, { summary: "everything belongs to this user" }),
  gid: whole("N", 0, MAX_ID, { summary: "everything belongs to this group" }),
  ownership: choice(["host", "fixed", "xattr"], {
    summary: "owners are the host's, all the same (see uid, gid), or noted in an xattr",
  }),
  nosymlink: toggle({ summary: "symbolic links can be seen and removed, and nothing else" }),
  nospecial: toggle({ summary: "the same for fifos, sockets and devices" }),
  noxdev: toggle({ summary: "stay on the filesystem of the directory" }),
  exclusive: toggle({ summary: "nobody else renames anything in it: faster" }),
};

/** The options of a tree in memory, as they are written. */
export const MEMORY_OPTIONS: FlagsOf<MemoryMountOptions> = {
  limit: size({ summary: "how much content it may hold (default 1G)" }),
  inodes: whole("N", 1, 2 ** 32, { summary: "how many files and directories (default 1048576)" }),
  fileSize: size({ summary: "how large a file may be" }),
  quota: size({ summary: "how much the files of one user may take" }),
  mode: permissions({ summary: "the permissions of its root, for instance 1777 (default 755)" }),
  uid: whole("N", 0, MAX_ID, {
    summary: "the user whom its root belongs to (default 0, or you if you mount it)",
  }),
  gid: whole("N", 0, MAX_ID, { summary: "the group of its root (default 0, or yours)" }),
};
