import {
  isDirectory,
  isRegularFile,
  type OpContext,
  S_IFMT,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  S_PERM,
  VfsError,
} from "../../src/fs/mod.ts";
import { makerOf, type Ownership } from "./_ownership.ts";
import { HostStat, type Syscalls } from "./syscalls.ts";

/** The extended attribute with the note: uid and gid in decimal, the permissions in octal. */
export const NOTE = "user.vfs.owner";

/** What the guest does not own on the host needs to be open to the server, and to nobody else. */
const HOST_FILE_MODE = 0o600;
const HOST_DIRECTORY_MODE = 0o700;

interface Note {
  readonly uid: number;
  readonly gid: number;
  readonly permissions: number;
}

/**
 * Owners and permissions that are noted in an extended attribute of each file, so that a server
 * without privileges can offer a tree in which the guest's root owns files.
 *
 * The host's own owner and permissions stay those of the server. What has no note is described by
 * the host's permissions and the default owner; links and special files cannot have one.
 */
export class NotedOwnership implements Ownership {
  readonly inNotes = true;
  readonly #syscalls: Syscalls;
  readonly #uid: number;
  readonly #gid: number;
  readonly #stat: HostStat = new HostStat();
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();

  constructor(syscalls: Syscalls, uid: number, gid: number) {
    this.#syscalls = syscalls;
    this.#uid = uid;
    this.#gid = gid;
  }

  hostMode(_mode: number, isDirectory: boolean): number {
    return isDirectory ? HOST_DIRECTORY_MODE : HOST_FILE_MODE;
  }

  describe(descriptor: number, stat: HostStat): void {
    const { uid, gid, permissions } = this.#read(descriptor, stat.mode);
    stat.uid = uid;
    stat.gid = gid;
    stat.mode = (stat.mode & S_IFMT) | permissions;
  }

  made(descriptor: number, directory: number, mode: number, context?: OpContext): void {
    this.#syscalls.fstat(descriptor, this.#stat);
    const { mode: type } = this.#stat;
    if (!isDirectory(type) && !isRegularFile(type)) return;
    let { uid, gid } = makerOf(context);
    let permissions = mode & S_PERM;
    if (isDirectory(type)) permissions &= 0o777 | S_ISVTX;
    this.#syscalls.fstat(directory, this.#stat);
    const parent = this.#read(directory, this.#stat.mode);
    if ((parent.permissions & S_ISGID) !== 0) {
      gid = parent.gid;
      if (isDirectory(type)) permissions |= S_ISGID;
    }
    this.#write(descriptor, { uid, gid, permissions });
  }

  chmod(descriptor: number, stat: HostStat, mode: number): void {
    const { uid, gid } = this.#read(descriptor, stat.mode);
    this.#write(descriptor, { uid, gid, permissions: mode & S_PERM });
  }

  chown(descriptor: number, stat: HostStat, uid: number, gid: number): void {
    const before = this.#read(descriptor, stat.mode);
    const after = {
      uid: uid === -1 ? before.uid : uid,
      gid: gid === -1 ? before.gid : gid,
      permissions: before.permissions,
    };
    // As Linux does it: a program must not stay setuid for its next owner.
    if (isRegularFile(stat.mode)) {
      after.permissions &= ~S_ISUID;
      if ((after.permissions & 0o010) !== 0) after.permissions &= ~S_ISGID;
    }
    if (!isRegularFile(stat.mode) && !isDirectory(stat.mode)) {
      if (after.uid === before.uid && after.gid === before.gid) return;
      throw new VfsError("EOPNOTSUPP");
    }
    this.#write(descriptor, after);
  }

  #read(descriptor: number, mode: number): Note {
    const none = { uid: this.#uid, gid: this.#gid, permissions: mode & S_PERM };
    if (!isRegularFile(mode) && !isDirectory(mode)) return none;
    let text: string;
    try {
      text = this.#decoder.decode(this.#syscalls.getxattr(descriptor, NOTE));
    } catch (error) {
      if (error instanceof VfsError && error.code === "ENODATA") return none;
      throw error;
    }
    const [, uid, gid, permissions] = /^(\d{1,10}) (\d{1,10}) ([0-7]{1,4})$/.exec(text) ?? [];
    // Whoever else writes such notes on the host wrote nonsense.
    if (permissions === undefined) throw new VfsError("EIO");
    return { uid: Number(uid), gid: Number(gid), permissions: Number.parseInt(permissions, 8) };
  }

  #write(descriptor: number, { uid, gid, permissions }: Note): void {
    const text = `${uid} ${gid} ${permissions.toString(8)}`;
    this.#syscalls.setxattr(descriptor, NOTE, this.#encoder.encode(text), 0);
  }
}
