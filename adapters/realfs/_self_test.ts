import { lstatSync } from "node:fs";
import { type ErrnoCode, isSymlink, VfsError } from "../../src/fs/mod.ts";
import { PROC_SUPER_MAGIC } from "./_abi.ts";
import { HostStat, type Syscalls } from "./syscalls.ts";

/**
 * Checks on this host, now, what everything else is built on: that names are looked up in the
 * directory that is open, and that no link is followed. `/proc` has links that are always there.
 *
 * @throws {VfsError} EOPNOTSUPP with a sentence that says what is wrong.
 */
export function checkSyscalls(syscalls: Syscalls): void {
  const proc = tryTo("open /proc", () => syscalls.openRoot("/proc"));
  try {
    const { type } = tryTo("see what /proc is", () => syscalls.statfs(proc));
    if (type !== PROC_SUPER_MAGIC) fail("/proc is not the proc filesystem");
    const stat = new HostStat();
    if (syscalls.lstat(proc, "no such name", stat)) fail("a name that is not there was found");
    const seen = tryTo("look up a name in a descriptor", () => syscalls.lstat(proc, "self", stat));
    if (!seen || !isSymlink(stat.mode)) fail("a symbolic link was followed by lstat");
    refuses("ENOTDIR", "followed by open", () => syscalls.openDirectory(proc, "self"));
    const node = tryTo("open a link itself", () => syscalls.openNode(proc, "self"));
    try {
      syscalls.fstat(node, stat);
      if (!isSymlink(stat.mode)) fail("a symbolic link was followed by open");
      refuses("ELOOP", "opened as a file", () => syscalls.reopen(node, 0));
    } finally {
      syscalls.close(node);
    }
    const sys = tryTo("open a directory by name", () => syscalls.openDirectory(proc, "sys"));
    try {
      syscalls.fstat(sys, stat);
      compareWithRuntime("/proc/sys", stat);
      if (syscalls.whereabouts(sys) !== "/proc/sys") fail("a descriptor does not say where it is");
    } finally {
      syscalls.close(sys);
    }
  } finally {
    syscalls.close(proc);
  }
}

function tryTo<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new VfsError("EOPNOTSUPP", `Cannot ${what}`, { cause: error });
  }
}

/** The right errno also shows that errors are read from where they are. */
function refuses(code: ErrnoCode, what: string, call: () => number): void {
  try {
    call();
  } catch (error) {
    if (error instanceof VfsError && error.code === code) return;
    throw error;
  }
  fail(`a symbolic link was ${what}`);
}

/** What we read of a file is what the runtime reads of it. */
function compareWithRuntime(path: string, stat: HostStat): void {
  const { ino, mode, uid, gid } = lstatSync(path, { bigint: true });
  const same = stat.ino === ino && BigInt(stat.mode) === mode && BigInt(stat.uid) === uid &&
    BigInt(stat.gid) === gid;
  if (!same) fail(`${path} is described wrongly`);
}

function fail(fault: string): never {
  throw new VfsError("EOPNOTSUPP", fault);
}
