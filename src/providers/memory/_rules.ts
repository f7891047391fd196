/**
 * What Linux does to modes, in the terms of its `fs/attr.c` and `fs/inode.c`. The supplementary
 * groups of a caller are not known here, so "in the group" means that it is the caller's own.
 */

import {
  isDirectory,
  isRegularFile,
  type OpContext,
  S_IFMT,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  S_PERM,
} from "../../fs/mod.ts";
import type { Inode } from "./_inode.ts";

const S_IXGRP = 0o010;

/** Root, or a caller whose group it is (`in_group_or_capable`). */
function hasGroup(context: OpContext, gid: number): boolean {
  return context.uid === 0 || context.gid === gid;
}

/** The group of something that is made in a directory. */
export function inheritedGid(parent: Inode, context: OpContext): number {
  return (parent.mode & S_ISGID) !== 0 ? parent.gid : context.gid;
}

/** The mode of something that is made in a directory. */
export function inheritedMode(parent: Inode, mode: number, context: OpContext): number {
  if ((parent.mode & S_ISGID) === 0) return mode;
  if (isDirectory(mode)) return mode | S_ISGID;
  const wanted = S_ISGID | S_IXGRP;
  if ((mode & wanted) !== wanted || hasGroup(context, parent.gid)) return mode;
  return mode & ~S_ISGID;
}

/** The mode after the content was changed by somebody. */
export function modeAfterWrite(inode: Inode, context: OpContext): number {
  const { mode } = inode;
  if (context.uid === 0 || (mode & (S_ISUID | S_ISGID)) === 0 || !isRegularFile(mode)) return mode;
  return mode & ~S_ISUID & ~lostGroupBit(inode, context);
}

/** The mode after the owner was changed by somebody; for root, too. */
export function modeAfterChown(inode: Inode, context: OpContext): number {
  const { mode } = inode;
  if (isDirectory(mode)) return mode;
  return mode & ~S_ISUID & ~lostGroupBit(inode, context);
}

/** Without execution by the group, the bit means something else and may stay (`should_drop_sgid`). */
function lostGroupBit(inode: Inode, context: OpContext): number {
  const { mode, gid } = inode;
  if ((mode & S_ISGID) === 0) return 0;
  return (mode & S_IXGRP) !== 0 || !hasGroup(context, gid) ? S_ISGID : 0;
}

/** The mode after somebody set the permissions. */
export function modeAfterChmod(inode: Inode, wanted: number, context: OpContext): number {
  const permissions = hasGroup(context, inode.gid) ? wanted & S_PERM : wanted & S_PERM & ~S_ISGID;
  return (inode.mode & S_IFMT) | permissions;
}

/** Whether a sticky directory keeps somebody from removing or renaming what it holds. */
export function isProtected(directory: Inode, victim: Inode, context: OpContext): boolean {
  const { uid } = context;
  return (directory.mode & S_ISVTX) !== 0 && uid !== 0 && uid !== victim.uid &&
    uid !== directory.uid;
}
