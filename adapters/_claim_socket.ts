/*
 * How a server comes to listen at a path.
 *
 * The socket is bound under another name, in a directory that only its owner can enter, and gets its
 * permissions there. Then it is given its real name by link(2), which fails if the name is taken. So
 * the socket is private from its first instant, whoever finds it finds it listening, and of several
 * servers that start at once exactly one gets the name.
 *
 * A name that is taken is freed only if it is a socket of ours that refuses connections. The lock
 * that orders those who want to do so is a socket in Linux's abstract namespace, because the kernel
 * takes that away from a process that dies.
 */

import { createHash, randomUUID } from "node:crypto";
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { toVfsError, VfsError } from "../src/fs/mod.ts";
import { checkSocketPath, SOCKET_PATH_MAX } from "./_socket_path.ts";

/** What listens, as a runtime has it. */
export interface RawListener {
  close(): void;
}

/** What is different from runtime to runtime. */
export interface SocketCalls {
  /** Listens at a path that does not exist. */
  bind(path: string): RawListener | Promise<RawListener>;
  /** Connects and hangs up. Fails with ECONNREFUSED where nobody listens. */
  probe(path: string): Promise<void>;
}

/** A socket that has its name. */
export interface ClaimedSocket {
  /** Removes the name, if it is still that of this socket, and listens no more. */
  release(): void;
}

const O_PATH = 0o10000000;
/** For how long one waits for others that are freeing the same name. */
const ATTEMPTS = 100;
const PAUSE_MS = 30;

export async function claimSocket(
  path: string,
  mode: number,
  calls: SocketCalls,
): Promise<ClaimedSocket> {
  checkSocketPath(path, "listen on");
  try {
    return await claim(path, mode, calls);
  } catch (error) {
    throw toVfsError(error, `Cannot listen on ${path}`);
  }
}

async function claim(path: string, mode: number, calls: SocketCalls): Promise<ClaimedSocket> {
  const hidden = mkdtempSync(join(dirname(path), ".vfs-"));
  const inside = join(hidden, randomUUID());
  let listener: RawListener | undefined;
  try {
    listener = await bindInside(inside, calls);
    chmodSync(inside, mode);
    await publish(inside, path, calls);
    return claimed(path, listener);
  } catch (error) {
    listener?.close();
    throw error;
  } finally {
    removeQuietly(inside);
    rmdirSync(hidden);
  }
}

/** Binds by a shorter spelling where the path in the hidden directory is too long for a socket. */
async function bindInside(inside: string, { bind }: SocketCalls): Promise<RawListener> {
  if (new TextEncoder().encode(inside).length <= SOCKET_PATH_MAX) return await bind(inside);
  const fd = openSync(dirname(inside), O_PATH | constants.O_DIRECTORY);
  try {
    return await bind(`/proc/self/fd/${fd}/${basename(inside)}`);
  } finally {
    closeSync(fd);
  }
}

function claimed(path: string, listener: RawListener): ClaimedSocket {
  const { dev, ino } = lstatSync(path, { bigint: true });
  return {
    release(): void {
      const now = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      if (now !== undefined && now.dev === dev && now.ino === ino) removeQuietly(path);
      listener.close();
    },
  };
}

async function publish(inside: string, path: string, calls: SocketCalls): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (tryLink(inside, path)) return;
    await refuseUnlessStale(path, calls);
    const lock = await tryLock(path, calls);
    if (lock !== undefined) {
      try {
        // Whoever had the lock before may have taken the name.
        const stale = await refuseUnlessStale(path, calls);
        if (stale !== undefined) freeName(path, stale);
        if (tryLink(inside, path)) return;
      } finally {
        lock.close();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw inUse(path);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code } = toVfsError(error);
    if (code === "EEXIST") return false;
    // A filesystem without hard links.
    if (code !== "EPERM" && code !== "EOPNOTSUPP" && code !== "ENOSYS") throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) return false;
    renameSync(from, to);
    return true;
  }
}

/** Returns a socket of ours at which nobody listens, or `undefined` if there is nothing. */
async function refuseUnlessStale(
  path: string,
  { probe }: SocketCalls,
): Promise<BigIntStats | undefined> {
  const there = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (there === undefined) return undefined;
  if (!there.isSocket()) {
    throw new VfsError("EEXIST", `Cannot listen on ${path}: what is there is not a socket`);
  }
  // Twice: between bind(2) and listen(2) a socket that somebody else is making refuses, too.
  for (let time = 0; time < 2; time++) {
    try {
      await probe(path);
    } catch (error) {
      const { code } = toVfsError(error);
      if (code === "ENOENT") return undefined;
      if (code !== "ECONNREFUSED") throw inUse(path);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      continue;
    }
    throw inUse(path);
  }
  if (process.geteuid !== undefined && there.uid !== BigInt(process.geteuid())) {
    throw new VfsError("EACCES", `Cannot listen on ${path}: the socket there is somebody else's`);
  }
  return there;
}

function inUse(path: string): VfsError {
  return new VfsError("EADDRINUSE", `Cannot listen on ${path}: a server is listening there`);
}

async function tryLock(path: string, { bind }: SocketCalls): Promise<RawListener | undefined> {
  const { dev, ino } = statSync(dirname(path));
  const digest = createHash("sha256").update(`${dev}:${ino}:${basename(path)}`).digest("hex");
  try {
    return await bind(`\0vfs-server-${digest}`);
  } catch (error) {
    if (toVfsError(error).code === "EADDRINUSE") return undefined;
    // A system without the abstract namespace: the other precautions must do.
    return { close: () => {} };
  }
}

/** Removes a stale socket. Something else that took its place in this very moment is put back. */
function freeName(path: string, stale: BigIntStats): void {
  const aside = join(dirname(path), `.vfs-${randomUUID()}`);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (toVfsError(error).code === "ENOENT") return;
    throw error;
  }
  const moved = lstatSync(aside, { bigint: true });
  if (moved.dev !== stale.dev || moved.ino !== stale.ino) linkSync(aside, path);
  removeQuietly(aside);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (toVfsError(error).code !== "ENOENT") throw error;
  }
}
