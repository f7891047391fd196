import process from "node:process";
import { S_IFMT, S_IFREG } from "../../src/fs/mod.ts";
import type { Struct } from "./_struct.ts";
import type { HostStat } from "./syscalls.ts";

/** More than `struct stat` and `struct statx` take. */
export const STAT_BYTES = 256;

/** STATX_MNT_ID. */
export const STATX_MNT_ID = 0x1000;

const MNT_ID = 0x90;

/** Where the fields of the kernel's `struct stat` are that are elsewhere on each architecture. */
const { NLINK, MODE, UID, GID, RDEV } = process.arch === "arm64"
  ? { NLINK: 20, MODE: 16, UID: 24, GID: 28, RDEV: 32 }
  : { NLINK: 16, MODE: 24, UID: 28, GID: 32, RDEV: 40 };

/** Whether the kernel's `struct stat` describes a regular file on a device. */
export function isRegularOn({ view }: Struct, device: number): boolean {
  return (view.getUint32(MODE, true) & S_IFMT) === S_IFREG && view.getUint32(0, true) === device;
}

/** Reads the kernel's `struct stat`. */
export function readStat({ view }: Struct, into: HostStat): void {
  into.dev = view.getUint32(0, true);
  into.ino = view.getBigUint64(8, true);
  into.nlink = view.getUint32(NLINK, true);
  into.mode = view.getUint32(MODE, true);
  into.uid = view.getUint32(UID, true);
  into.gid = view.getUint32(GID, true);
  into.rdev = view.getUint32(RDEV, true);
  into.size = signed64(view, 48);
  into.blksize = view.getUint32(56, true);
  into.blocks = signed64(view, 64);
  into.atimeSec = signed64(view, 72);
  into.atimeNsec = view.getUint32(80, true);
  into.mtimeSec = signed64(view, 88);
  into.mtimeNsec = view.getUint32(96, true);
  into.ctimeSec = signed64(view, 104);
  into.ctimeNsec = view.getUint32(112, true);
}

/** Reads the id of the mount from `struct statx`. */
export function readMountId({ view }: Struct): number {
  return signed64(view, MNT_ID);
}

function signed64(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
}
