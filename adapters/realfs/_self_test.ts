import { type BigIntStats, lstatSync } from "node:fs";
import { type ErrnoCode, isSymlink, VfsError } from "../../src/fs/mod.ts";
import { PROC_SUPER_MAGIC } from "./_abi.ts";
import { HostStat, type Syscalls } from "./syscalls.ts";

/**
 * Checks on this host, now, what everything else is built on: that names are looked up in the
 * directory that is open, and that no link is followed. `/proc` has links that are always there.
 *
 * @throws {Error} With a clause that says what is wrong.
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
    throw new Error(`it cannot ${what} (${reasonOf(error)})`, { cause: error });
  }
}

/** What was said first, in the words of the runtime. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
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

/** What we read of a file is what the runtime reads of it, where it may. */
function compareWithRuntime(path: string, stat: HostStat): void {
  const told = lstatIfAllowed(path);
  if (told === undefined) return;
  const same = stat.ino === told.ino && BigInt(stat.mode) === told.mode &&
    BigInt(stat.uid) === told.uid && BigInt(stat.gid) === told.gid;
  if (!same) fail(`${path} is described wrongly`);
}

/** Deno wants all permissions for any path in /proc; native calls only need --allow-ffi. */
function lstatIfAllowed(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") return undefined;
    throw error;
  }
}

function fail(fault: string): never {
  throw new Error(fault);
}
