import type { Awaitable } from "../fs/mod.ts";
import * as abi from "./_abi.ts";
import type { Core } from "./_core.ts";
import { getattr, setattr } from "./_op_attr.ts";
import { readdir, readdirplus } from "./_op_dir.ts";
import { init } from "./_op_init.ts";
import { copyFileRange, copyFileRange64, fallocate, fsync, lseek, read, write } from "./_op_io.ts";
import { getlk, setlk, setlkw } from "./_op_lock.ts";
import { batchForget, forget, lookup } from "./_op_lookup.ts";
import { link, mkdir, mknod, readlink, symlink } from "./_op_make.ts";
import { destroy, ioctl, statfs } from "./_op_misc.ts";
import { create, open, opendir } from "./_op_open.ts";
import { flush, release } from "./_op_release.ts";
import { rename, rename2, rmdir, unlink } from "./_op_remove.ts";
import { getxattr, listxattr, removexattr, setxattr } from "./_op_xattr.ts";
import type { Request } from "./_request.ts";

/** One operation of the protocol. */
export interface Operation {
  /** How many bytes its request has at least, after the header. */
  readonly size: number;
  /** Does it and answers; whatever it throws is the answer otherwise. */
  readonly run: (core: Core, request: Request) => Awaitable<void>;
  /** Whether the kernel waits for no answer. */
  readonly silent?: boolean;
}

/** Every operation that is known, by its number. The kernel does without the others. */
export const OPERATIONS: readonly (Operation | undefined)[] = /* @__PURE__ */ (() => {
  const table: (Operation | undefined)[] = [];
  table[abi.LOOKUP] = { size: 2, run: lookup };
  table[abi.FORGET] = { size: 8, run: forget, silent: true };
  table[abi.GETATTR] = { size: 16, run: getattr };
  table[abi.SETATTR] = { size: 88, run: setattr };
  table[abi.READLINK] = { size: 0, run: readlink };
  table[abi.SYMLINK] = { size: 3, run: symlink };
  table[abi.MKNOD] = { size: 18, run: mknod };
  table[abi.MKDIR] = { size: 10, run: mkdir };
  table[abi.UNLINK] = { size: 2, run: unlink };
  table[abi.RMDIR] = { size: 2, run: rmdir };
  table[abi.RENAME] = { size: 12, run: rename };
  table[abi.LINK] = { size: 10, run: link };
  table[abi.OPEN] = { size: 8, run: open };
  table[abi.READ] = { size: 40, run: read };
  table[abi.WRITE] = { size: 40, run: write };
  table[abi.STATFS] = { size: 0, run: statfs };
  table[abi.RELEASE] = { size: 24, run: release };
  table[abi.FSYNC] = { size: 16, run: fsync };
  table[abi.SETXATTR] = { size: 10, run: setxattr };
  table[abi.GETXATTR] = { size: 10, run: getxattr };
  table[abi.LISTXATTR] = { size: 8, run: listxattr };
  table[abi.REMOVEXATTR] = { size: 2, run: removexattr };
  table[abi.FLUSH] = { size: 24, run: flush };
  table[abi.INIT] = { size: 16, run: init };
  table[abi.OPENDIR] = { size: 8, run: opendir };
  table[abi.READDIR] = { size: 40, run: readdir };
  table[abi.RELEASEDIR] = { size: 24, run: release };
  table[abi.FSYNCDIR] = { size: 16, run: fsync };
  table[abi.GETLK] = { size: 48, run: getlk };
  table[abi.SETLK] = { size: 48, run: setlk };
  table[abi.SETLKW] = { size: 48, run: setlkw };
  table[abi.CREATE] = { size: 18, run: create };
  table[abi.DESTROY] = { size: 0, run: destroy };
  table[abi.IOCTL] = { size: 32, run: ioctl };
  table[abi.BATCH_FORGET] = { size: 8, run: batchForget, silent: true };
  table[abi.FALLOCATE] = { size: 32, run: fallocate };
  table[abi.READDIRPLUS] = { size: 40, run: readdirplus };
  table[abi.RENAME2] = { size: 20, run: rename2 };
  table[abi.LSEEK] = { size: 24, run: lseek };
  table[abi.COPY_FILE_RANGE] = { size: 56, run: copyFileRange };
  table[abi.COPY_FILE_RANGE_64] = { size: 56, run: copyFileRange64 };
  return table;
})();
