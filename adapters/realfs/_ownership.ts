import { HOST_CONTEXT, type OpContext, S_PERM, VfsError } from "../../src/fs/mod.ts";
import type { HostStat, Syscalls } from "./syscalls.ts";

/** Whose files are, and what their permissions are, for the guest. */
export interface Ownership {
  /**
   * Whether something is noted in the files themselves, so that each has to be opened as a node to
   * be described, and that what is new gets a note.
   */
  readonly inNotes: boolean;
  /** The mode that something new gets on the host. */
  hostMode(mode: number, isDirectory: boolean): number;
  /** Turns what the host tells of an open inode into what the guest is told. */
  describe(descriptor: number, stat: HostStat): void;
  /** Notes whose something new is: its descriptor, that of its directory, the mode asked for. */
  made(descriptor: number, directory: number, mode: number, context?: OpContext): void;
  /** Sets the permissions of an inode that `stat` describes as the host does. */
  chmod(descriptor: number, stat: HostStat, mode: number): void;
  /** Sets the owner of such an inode; -1 keeps one. */
  chown(descriptor: number, stat: HostStat, uid: number, gid: number): void;
}

/** Everything as the host has it. */
export class HostOwnership implements Ownership {
  readonly inNotes = false;
  readonly #syscalls: Syscalls;

  constructor(syscalls: Syscalls) {
    this.#syscalls = syscalls;
  }

  hostMode(mode: number): number {
    return mode & S_PERM;
  }

  describe(_descriptor: number, _stat: HostStat): void {}

  made(): void {}

  chmod(descriptor: number, _stat: HostStat, mode: number): void {
    this.#syscalls.chmod(descriptor, mode & S_PERM);
  }

  chown(descriptor: number, _stat: HostStat, uid: number, gid: number): void {
    this.#syscalls.chown(descriptor, uid, gid);
  }
}

/** Permissions as the host has them, and one owner for everything. */
export class FixedOwnership extends HostOwnership {
  readonly #uid: number;
  readonly #gid: number;

  constructor(syscalls: Syscalls, uid: number, gid: number) {
    super(syscalls);
    this.#uid = uid;
    this.#gid = gid;
  }

  override describe(_descriptor: number, stat: HostStat): void {
    stat.uid = this.#uid;
    stat.gid = this.#gid;
  }

  override chown(_descriptor: number, _stat: HostStat, uid: number, gid: number): void {
    if ((uid !== -1 && uid !== this.#uid) || (gid !== -1 && gid !== this.#gid)) {
      throw new VfsError("EPERM");
    }
  }
}

/** Who makes something, as far as is known. */
export function makerOf(context: OpContext | undefined): { uid: number; gid: number } {
  const { uid, gid } = context ?? HOST_CONTEXT;
  return { uid, gid };
}
