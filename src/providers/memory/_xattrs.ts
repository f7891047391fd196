import {
  isDirectory,
  isRegularFile,
  type OpContext,
  S_ISVTX,
  utf8Length,
  VfsError,
  XATTR_CREATE,
  XATTR_REPLACE,
} from "../../fs/mod.ts";
import type { Inode } from "./_inode.ts";
import type { Volume } from "./_volume.ts";
import { xattrBytes, XattrMap } from "./_xattr_map.ts";

/** Linux's limits: a name, a value, and the list of all names with a NUL after each. */
const NAME_BYTES = 255;
const VALUE_BYTES = 64 * 1024;
const LIST_BYTES = 64 * 1024;

export function getXattr(inode: Inode, name: string, context: OpContext): Uint8Array {
  checkName(name);
  if (!canRead(inode, name, context)) throw new VfsError("ENODATA", name);
  const value = inode.xattrs?.get(name);
  if (value === undefined) throw new VfsError("ENODATA", name);
  return value.slice();
}

export function listXattrs(inode: Inode, context: OpContext): string[] {
  return inode.xattrs?.names().filter((name) => canRead(inode, name, context)) ?? [];
}

export function setXattr(
  volume: Volume,
  inode: Inode,
  name: string,
  value: Uint8Array,
  flags: number,
  context: OpContext,
): void {
  if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) !== 0) throw new VfsError("EINVAL", name);
  checkName(name);
  if (value.length > VALUE_BYTES) throw new VfsError("E2BIG", name);
  checkWritable(inode, name, context);
  const before = inode.xattrs?.get(name);
  if (before !== undefined && (flags & XATTR_CREATE) !== 0) throw new VfsError("EEXIST", name);
  if (before === undefined && (flags & XATTR_REPLACE) !== 0) throw new VfsError("ENODATA", name);
  const listed = inode.xattrs?.listed ?? 0;
  if (before === undefined && listed + utf8Length(name) + 1 > LIST_BYTES) {
    throw new VfsError("ENOSPC", name);
  }
  const held = before === undefined ? 0 : xattrBytes(name, before);
  volume.space.claim(inode.uid, xattrBytes(name, value) - held, name);
  (inode.xattrs ??= new XattrMap()).set(name, value.slice());
  volume.changed(inode);
}

export function removeXattr(volume: Volume, inode: Inode, name: string, context: OpContext): void {
  checkName(name);
  checkWritable(inode, name, context);
  if (!volume.dropXattr(inode, name)) throw new VfsError("ENODATA", name);
  volume.changed(inode);
}

function checkName(name: string): void {
  if (!name.isWellFormed()) throw new VfsError("EILSEQ", JSON.stringify(name));
  if (name.includes("\0")) throw new VfsError("EINVAL", JSON.stringify(name));
  if (name === "" || utf8Length(name) > NAME_BYTES) throw new VfsError("ERANGE", name);
  const [prefix] = /^(user|trusted|security)\./.exec(name) ?? [];
  // ACLs (`system.`) would have to be obeyed and not only kept.
  if (prefix === undefined) throw new VfsError("EOPNOTSUPP", name);
  if (prefix === name) throw new VfsError("EINVAL", name);
}

/** What a caller may not see looks to it as if it were not there. */
function canRead(inode: Inode, name: string, context: OpContext): boolean {
  if (name.startsWith("trusted.")) return context.uid === 0;
  return !name.startsWith("user.") || takesUserXattrs(inode);
}

function checkWritable(inode: Inode, name: string, context: OpContext): void {
  const isAllowed = name.startsWith("user.")
    ? takesUserXattrs(inode) && !isKeptByOwner(inode, context)
    : context.uid === 0;
  if (!isAllowed) throw new VfsError("EPERM", name);
}

/** Whether it is a sticky directory of somebody else. */
function isKeptByOwner({ mode, uid }: Inode, context: OpContext): boolean {
  return isDirectory(mode) && (mode & S_ISVTX) !== 0 && context.uid !== 0 && context.uid !== uid;
}

function takesUserXattrs({ mode }: Inode): boolean {
  return isRegularFile(mode) || isDirectory(mode);
}
