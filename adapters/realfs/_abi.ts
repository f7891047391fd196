/**
 * Flags of this host's `open(2)`. Those that differ between architectures come from the runtime;
 * those that `node:fs` does not name are the same on every architecture that it runs on.
 */

import { constants } from "node:fs";

export const O_PATH = 0o10000000;
export const O_DIRECTORY: number = constants.O_DIRECTORY;
export const O_NOFOLLOW: number = constants.O_NOFOLLOW;
export const O_TMPFILE: number = 0o20000000 | O_DIRECTORY;
export const O_CLOEXEC = 0o2000000;

/** The flags of an open that may reach the host: the same numbers everywhere on Linux. */
export const PASSED_FLAGS: number = 0o3 | // access mode
  0o1000 | // O_TRUNC
  0o2000 | // O_APPEND
  0o4010000; // O_SYNC, of which O_DSYNC is a part

/** Added to every open of a file: neither a lease held by somebody nor a terminal may hold us up. */
export const ALWAYS_FLAGS: number = 0o4000 | 0o400; // O_NONBLOCK, O_NOCTTY

/** The filesystem types (`statfs(2)`) that are no trees of files and are never served. */
const PSEUDO_FILESYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x62656570, // configfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0xcafe4a11, // bpf
  0xde5e81e4, // efivarfs
  0x6165676c, // pstore
  0xf97cff8c, // selinux
  0x6e736673, // nsfs
  0x42494e4d, // binfmt_misc
]);

export const PROC_SUPER_MAGIC = 0x9fa0;

/** Whether a filesystem of this type shows the kernel or its devices instead of files. */
export function isPseudoFilesystem(type: number): boolean {
  return PSEUDO_FILESYSTEMS.has(type);
}
