import {
  type OpContext,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  S_ISVTX,
  S_PERM,
  utf8Length,
  VfsError,
} from "../../fs/mod.ts";
import { Directory } from "./_directory.ts";
import { FileContent } from "./_file_content.ts";
import type { Namespace } from "./_namespace.ts";
import type { Volume } from "./_volume.ts";

/** The permissions that `mkdir` heeds: the sticky bit can be given, the other two are inherited. */
const S_MKDIR = 0o777 | S_ISVTX;

/** The longest target of a symbolic link, in bytes (`PATH_MAX` less the NUL). */
const TARGET_MAX = 4095;

const NODE_TYPES: readonly number[] = [S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK];

export function makeDirectory(
  volume: Volume,
  names: Namespace,
  path: string,
  mode: number,
  context: OpContext,
): void {
  const place = names.freePlace(path);
  const type = S_IFDIR | (mode & S_MKDIR);
  names.add(place, volume.make(place.parent, type, new Directory(), context));
}

export function makeNode(
  volume: Volume,
  names: Namespace,
  path: string,
  mode: number,
  rdev: number,
  context: OpContext,
): void {
  const type = (mode & S_IFMT) || S_IFREG;
  if (type === S_IFDIR) throw new VfsError("EPERM", path);
  if (!NODE_TYPES.includes(type)) throw new VfsError("EINVAL", path);
  const place = names.freePlace(path);
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  // A character device 0:0 is no device: overlay filesystems mark what is removed with it.
  const isWhiteout = type === S_IFCHR && rdev === 0;
  if (isDevice && !isWhiteout && context.uid !== 0) throw new VfsError("EPERM", path);
  const body = type === S_IFREG ? new FileContent() : isDevice ? rdev : 0;
  names.add(place, volume.make(place.parent, type | (mode & S_PERM), body, context));
}

export function makeSymlink(
  volume: Volume,
  names: Namespace,
  target: string,
  path: string,
  context: OpContext,
): void {
  if (target === "") throw new VfsError("ENOENT", '""');
  if (target.includes("\0")) throw new VfsError("EINVAL", JSON.stringify(target));
  if (!target.isWellFormed()) throw new VfsError("EILSEQ", JSON.stringify(target));
  const length = utf8Length(target);
  if (length > TARGET_MAX) throw new VfsError("ENAMETOOLONG", path);
  const place = names.freePlace(path);
  volume.space.claim(context.uid, length, path);
  try {
    names.add(place, volume.make(place.parent, S_IFLNK | 0o777, target, context));
  } catch (error) {
    volume.space.give(context.uid, length);
    throw error;
  }
}
