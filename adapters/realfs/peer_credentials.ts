import { bindLibc } from "./_libc.ts";
import { Struct } from "./_struct.ts";

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;

/** The process at the other end of a Unix socket, as the kernel knows it. */
export interface PeerCredentials {
  /** Its process id when it connected. */
  readonly pid: number;
  /** Its effective user id when it connected. */
  readonly uid: number;
  /** Its effective group id when it connected. */
  readonly gid: number;
}

/**
 * Asks the kernel who is at the other end of a Unix socket (`SO_PEERCRED`).
 *
 * @param descriptor The descriptor of the connected socket.
 * @returns The peer, or `undefined` where it cannot be known: without a foreign function interface,
 * or of a descriptor that is no such socket.
 *
 * @example
 * ```ts
 * import { peerCredentials } from "@vfs/server/node";
 *
 * console.log(peerCredentials(-1)); // undefined
 * ```
 */
export function peerCredentials(descriptor: number): PeerCredentials | undefined {
  try {
    const { functions } = bindLibc();
    const credentials = new Struct(128);
    const length = new Struct(128);
    length.view.setInt32(0, 12, true);
    const { bytes } = credentials;
    if (functions.getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, bytes, length.bytes) < 0) {
      return undefined;
    }
    const [pid, uid, gid] = [0, 4, 8].map((offset) => credentials.view.getUint32(offset, true));
    return { pid: pid!, uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}
