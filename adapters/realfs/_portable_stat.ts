import type { BigIntStats } from "node:fs";
import process from "node:process";
import type { TimeChange } from "../../src/fs/mod.ts";
import type { HostStat } from "./syscalls.ts";

const isDeno = "deno" in process.versions;
const EXACT = 2n ** 53n;

/**
 * Takes over what `node:fs` tells of a file.
 *
 * @param exactIno Finds the inode number by other means: Deno's numbers go through a double.
 */
export function fillStat(into: HostStat, stats: BigIntStats, exactIno: () => bigint): void {
  into.dev = Number(stats.dev);
  // Numbers above 2^63 (overlayfs, some network filesystems) arrive with a sign on Node and Bun.
  into.ino = BigInt.asUintN(64, stats.ino);
  if (isDeno && into.ino >= EXACT) into.ino = exactIno();
  into.mode = Number(stats.mode);
  into.nlink = Number(stats.nlink);
  into.uid = Number(stats.uid);
  into.gid = Number(stats.gid);
  into.rdev = Number(stats.rdev);
  into.size = Number(stats.size);
  into.blocks = Number(stats.blocks);
  into.blksize = Number(stats.blksize);
  into.atimeNsec = nanoseconds(stats.atimeNs);
  into.atimeSec = seconds(stats.atimeNs, into.atimeNsec);
  into.mtimeNsec = nanoseconds(stats.mtimeNs);
  into.mtimeSec = seconds(stats.mtimeNs, into.mtimeNsec);
  into.ctimeNsec = nanoseconds(stats.ctimeNs);
  into.ctimeSec = seconds(stats.ctimeNs, into.ctimeNsec);
}

function nanoseconds(time: bigint): number {
  const rest = Number(time % 1_000_000_000n);
  return rest < 0 ? rest + 1e9 : rest;
}

function seconds(time: bigint, nsec: number): number {
  return Number((time - BigInt(nsec)) / 1_000_000_000n);
}

/**
 * Says a time in the way that `node:fs` takes it. Numbers of seconds are the finest that it takes
 * (about 100 ns today), but negative ones mean "now" to every runtime, so before 1970 it is a Date.
 */
export function toFsTime(change: TimeChange, sec: number, nsec: number): number | Date {
  if (change === "now") return Date.now() / 1000;
  if (change !== "omit") ({ sec, nsec } = change);
  return sec < 0 ? new Date(sec * 1000 + Math.floor(nsec / 1e6)) : sec + nsec / 1e9;
}
