import type { Struct } from "./_struct.ts";
import type { HostStat } from "./syscalls.ts";

/** The size of `struct statx`. */
export const STATX_BYTES = 256;

/** STATX_BASIC_STATS | STATX_MNT_ID. */
export const STATX_MASK = 0x17ff;

const MNT_ID = 0x90;

/** Reads `struct statx`, which is the same on all architectures. */
export function readStatx({ view }: Struct, into: HostStat): void {
  into.blksize = view.getUint32(0x04, true);
  into.nlink = view.getUint32(0x10, true);
  into.uid = view.getUint32(0x14, true);
  into.gid = view.getUint32(0x18, true);
  into.mode = view.getUint16(0x1c, true);
  into.ino = view.getBigUint64(0x20, true);
  into.size = unsigned64(view, 0x28);
  into.blocks = unsigned64(view, 0x30);
  into.atimeSec = signed64(view, 0x40);
  into.atimeNsec = view.getUint32(0x48, true);
  into.ctimeSec = signed64(view, 0x60);
  into.ctimeNsec = view.getUint32(0x68, true);
  into.mtimeSec = signed64(view, 0x70);
  into.mtimeNsec = view.getUint32(0x78, true);
  into.rdev = device(view.getUint32(0x80, true), view.getUint32(0x84, true));
  // Only compared, never told: any number that differs where devices differ.
  into.dev = view.getUint32(0x88, true) * 0x10_0000 + view.getUint32(0x8c, true);
}

/** Reads the id of the mount from `struct statx`. */
export function readMountId({ view }: Struct): number {
  return unsigned64(view, MNT_ID);
}

/** Linux's `new_encode_dev`. */
function device(major: number, minor: number): number {
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}

function unsigned64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
}

function signed64(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true);
}
