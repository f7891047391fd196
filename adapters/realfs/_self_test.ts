import { isDirectory, isSymlink, VfsError } from "../../src/fs/mod.ts";
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
    const seen = tryTo("look up a name in a descriptor", () => syscalls.lstat(proc, "self", stat));
    if (!seen || !isSymlink(stat.mode)) fail("a symbolic link was followed by lstat");
    refuses("a symbolic link was followed by open", () => syscalls.openDirectory(proc, "self"));
    const node = tryTo("open a link itself", () => syscalls.openNode(proc, "self"));
    try {
      syscalls.fstat(node, stat);
      if (!isSymlink(stat.mode)) fail("a symbolic link was followed by open");
      refuses("a symbolic link was opened as a file", () => syscalls.reopen(node, 0));
    } finally {
      syscalls.close(node);
    }
    const sys = tryTo("open a directory by name", () => syscalls.openDirectory(proc, "sys"));
    try {
      syscalls.fstat(sys, stat);
      if (!isDirectory(stat.mode)) fail("a descriptor does not say what it is");
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

function refuses(fault: string, call: () => number): void {
  try {
    call();
  } catch {
    return;
  }
  fail(fault);
}

function fail(fault: string): never {
  throw new VfsError("EOPNOTSUPP", fault);
}
