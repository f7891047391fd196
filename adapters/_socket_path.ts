import { VfsError } from "../src/fs/mod.ts";

/** `sun_path` has 108 bytes, and one is the NUL. Some runtimes cut longer paths off in silence. */
export const SOCKET_PATH_MAX = 107;

/**
 * Refuses what cannot be the path of a Unix socket.
 *
 * @throws {VfsError} ENAMETOOLONG, EINVAL for a NUL, ENOENT for the empty path.
 */
export function checkSocketPath(path: string, action: "listen on" | "connect to"): void {
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > SOCKET_PATH_MAX) {
    throw new VfsError(
      "ENAMETOOLONG",
      `Cannot ${action} ${path}: the path has ${bytes} bytes, and that of a socket may have ` +
        `${SOCKET_PATH_MAX}`,
    );
  }
  // A NUL at the beginning would be the abstract namespace, where there are no permissions.
  if (path.includes("\0")) {
    throw new VfsError("EINVAL", `Cannot ${action} ${JSON.stringify(path)}: there is a NUL in it`);
  }
  if (path === "") throw new VfsError("ENOENT", `Cannot ${action} a socket without a path`);
}

/** The path at which Firecracker looks for whoever serves a vsock port that the guest opens. */
export function vsockPath(path: string, port: number | undefined): string {
  if (port === undefined) return path;
  if (!Number.isInteger(port) || port < 0 || port > 0xffff_ffff) {
    throw new RangeError(`Cannot serve the vsock port ${port}: it is not a number of 32 bits`);
  }
  return `${path}_${port}`;
}
