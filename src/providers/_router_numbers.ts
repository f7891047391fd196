import type { DirEntry, FileInfo } from "../fs/info.ts";

/** The same description with the number of a mount in the inode number. */
export function renumberInfo(info: FileInfo, mask: bigint): FileInfo {
  return {
    ino: info.ino ^ mask,
    mode: info.mode,
    nlink: info.nlink,
    uid: info.uid,
    gid: info.gid,
    rdev: info.rdev,
    size: info.size,
    blocks: info.blocks,
    blksize: info.blksize,
    atime: info.atime,
    mtime: info.mtime,
    ctime: info.ctime,
  };
}

/** The same entry, or page entry, with the number of a mount in its inode numbers. */
export function renumberEntry<T extends DirEntry>(entry: T, mask: bigint): T {
  const ino = entry.ino ^ mask;
  if (entry.info === undefined) return { ...entry, ino };
  return { ...entry, ino, info: renumberInfo(entry.info, mask) };
}
