import type { TimeChange } from "../fs/mod.ts";
import type { Fields } from "./_dialect.ts";

/** The mask of `setattr` for permissions. */
export const CHMOD = 1;

const CHOWN_UID = 2;
const CHOWN_GID = 4;
const SET_ATIME = 16;
const SET_MTIME = 32;
const ATIME_NOW = 64;
const MTIME_NOW = 128;

/** The fields of `setattr` for an owner; -1 keeps one. */
export function chownFields(uid: number, gid: number): Fields {
  const mask = (uid === -1 ? 0 : CHOWN_UID) | (gid === -1 ? 0 : CHOWN_GID);
  return { mask, new_uid: uid === -1 ? 0 : uid, new_gid: gid === -1 ? 0 : gid };
}

/** The fields of `setattr` for times. */
export function timeFields(atime: TimeChange, mtime: TimeChange): Fields {
  return {
    mask: bit(atime, SET_ATIME, ATIME_NOW) | bit(mtime, SET_MTIME, MTIME_NOW),
    atime: typeof atime === "string" ? undefined : atime,
    mtime: typeof mtime === "string" ? undefined : mtime,
  };
}

function bit(time: TimeChange, set: number, now: number): number {
  if (time === "omit") return 0;
  return time === "now" ? now : set;
}
