/**
 * What the naive provider over the host's filesystem is made of.
 *
 * @module
 */

import * as fs from "node:fs";
import process from "node:process";
import {
  canWrite,
  type DirEntry,
  type FileInfo,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDWR,
  O_TRUNC,
  type TimeChange,
  type Timespec,
  timespecToMs,
  toVfsError,
} from "../src/fs/mod.ts";

/** Makes a system call, and a VfsError of what it throws. */
export function sys<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toVfsError(error);
  }
}

/** Makes a system call without the process's umask. */
export function withoutUmask<T>(call: () => T): T {
  const mask = process.umask(0);
  try {
    return call();
  } finally {
    process.umask(mask);
  }
}

/**
 * Opens a file of the host. Deno reads numeric flags in its own way: O_EXCL makes a file without
 * O_CREAT, O_APPEND gives write access, and O_CREAT or O_TRUNC want write access, without O_APPEND.
 */
export function openHost(path: string, flags: number, mode: number): number {
  if (!("Deno" in globalThis)) return fs.openSync(path, flags, mode);
  if ((flags & O_CREAT) === 0) flags &= ~O_EXCL;
  if (!canWrite(flags)) flags &= ~O_APPEND;
  const makes = (flags & (O_CREAT | O_TRUNC)) !== 0;
  if (makes && (!canWrite(flags) || (flags & O_APPEND) !== 0)) {
    fs.closeSync(fs.openSync(path, flags & ~(O_ACCMODE | O_APPEND) | O_RDWR, mode));
    flags &= ~(O_CREAT | O_EXCL | O_TRUNC);
  }
  return fs.openSync(path, flags, mode);
}

function timespec(ns: bigint): Timespec {
  const nsec = Number(((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return { sec: Number((ns - BigInt(nsec)) / 1_000_000_000n), nsec };
}

/** What the host's stat says, in our words. */
export function hostInfo(stat: fs.BigIntStats): FileInfo {
  return {
    ino: stat.ino,
    mode: Number(stat.mode),
    nlink: Number(stat.nlink),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    rdev: Number(stat.rdev),
    size: Number(stat.size),
    blocks: Number(stat.blocks),
    blksize: Number(stat.blksize),
    atime: timespec(stat.atimeNs),
    mtime: timespec(stat.mtimeNs),
    ctime: timespec(stat.ctimeNs),
  };
}

/** A time for utimes: a Date is the only form that all runtimes take for moments before 1970. */
export function hostTime(change: TimeChange, before: Timespec): Date {
  if (change === "now") return new Date();
  return new Date(timespecToMs(change === "omit" ? before : change));
}

/** Lists a directory of the host. One that was removed is empty, as readdir(3) has it. */
export function listHost(directory: string, plus: boolean): DirEntry[] {
  if (fs.statSync(directory).nlink === 0) return [];
  return fs.readdirSync(directory).map((name) => {
    const info = hostInfo(fs.lstatSync(`${directory}/${name}`, { bigint: true }));
    const entry = { name, ino: info.ino, mode: info.mode };
    return plus ? { ...entry, info } : entry;
  });
}
