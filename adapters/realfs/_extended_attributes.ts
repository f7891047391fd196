import { utf8Length, VfsError, XATTR_CREATE, XATTR_REPLACE } from "../../src/fs/mod.ts";
import { withNode } from "./_attributes.ts";
import { NOTE } from "./_noted_ownership.ts";
import type { Volume } from "./_volume.ts";

/** The longest name of an attribute, in bytes (`XATTR_NAME_MAX`). */
const LONGEST_NAME = 255;

/** The largest value of an attribute, in bytes (`XATTR_SIZE_MAX`). */
const LARGEST_VALUE = 65536;

/** The only attributes that a guest may see: all others have a meaning to the host's kernel. */
const NAMESPACE = "user.";

/** Reads an extended attribute. */
export function getAttribute(volume: Volume, path: string, name: string): Uint8Array {
  checkAttribute(name, path);
  return withNode(volume, path, (node) => volume.syscalls.getxattr(node, name));
}

/** Sets an extended attribute. */
export function setAttribute(
  volume: Volume,
  path: string,
  name: string,
  value: Uint8Array,
  flags: number,
): void {
  checkAttribute(name, path);
  if (value.length > LARGEST_VALUE) throw new VfsError("E2BIG", path);
  if (flags !== 0 && flags !== XATTR_CREATE && flags !== XATTR_REPLACE) {
    throw new VfsError("EINVAL", path);
  }
  volume.checkWritable(path);
  withNode(volume, path, (node) => volume.syscalls.setxattr(node, name, value, flags));
}

/** Lists the names of the extended attributes that a guest may see. */
export function listAttributes(volume: Volume, path: string): string[] {
  return withNode(volume, path, (node) => volume.syscalls.listxattr(node))
    .filter((name) => name.startsWith(NAMESPACE) && name !== NOTE);
}

/** Removes an extended attribute. */
export function removeAttribute(volume: Volume, path: string, name: string): void {
  checkAttribute(name, path);
  volume.checkWritable(path);
  withNode(volume, path, (node) => volume.syscalls.removexattr(node, name));
}

function checkAttribute(name: string, path: string): void {
  if (name === "" || utf8Length(name) > LONGEST_NAME) throw new VfsError("ERANGE", path);
  if (name.includes("\0")) throw new VfsError("EINVAL", path);
  if (!name.isWellFormed()) throw new VfsError("EILSEQ", path);
  // The server's own notes are not the guest's to read or to write, in no tree.
  if (name === NOTE) throw new VfsError("EPERM", path);
  if (!name.startsWith(NAMESPACE)) throw new VfsError("EOPNOTSUPP", path);
}
