import { spawn } from "node:child_process";
import process from "node:process";
import { errnoName, VfsError } from "../../src/fs/mod.ts";
import { type DeviceIo, deviceIo } from "./_device_io.ts";
import { bindFfi, type Ffi } from "./_ffi.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const MSG_DONTWAIT = 0x40;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
/** How long the helper may take, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Has the set-user-id helper of FUSE open the device and mount it, which needs no privilege; it
 * sends the device over a socket.
 *
 * @throws {VfsError} ENOSYS on a runtime that cannot receive it, ENOENT without the helper, EPERM if
 * the helper refuses.
 */
export async function attachByHelper(
  mountPoint: string,
  flags: readonly string[],
  name: string,
): Promise<DeviceIo> {
  const ffi = bindFfi();
  if (ffi === undefined) {
    throw new VfsError("ENOSYS", "Receiving the device from fusermount3 needs FFI");
  }
  const [ours, theirs] = socketPair(ffi);
  try {
    // fusermount3 knows "rw" and "exec" as what is so anyway, and refuses to be told.
    const wanted = flags.filter((flag) => flag !== "rw" && flag !== "exec");
    const options = [...wanted, `fsname=${name}`, "subtype=vfs"].join(",");
    await runHelper(["-o", options, "--", mountPoint], theirs);
    return adopt(receiveDescriptor(ffi, ours));
  } finally {
    ffi.functions.close(ours);
    ffi.functions.close(theirs);
  }
}

/** Takes over a device that was opened and mounted by somebody else. */
export function adopt(fd: number): DeviceIo {
  const ffi = bindFfi();
  // No child of ours may have it: the connection lives as long as anybody does.
  ffi?.functions.fcntl(fd, F_SETFD, FD_CLOEXEC);
  return deviceIo(fd, ffi, true);
}

function socketPair(ffi: Ffi): [number, number] {
  const pair = new Int32Array(2);
  const bytes = new Uint8Array(pair.buffer);
  if (ffi.functions.socketpair(AF_UNIX, SOCK_STREAM, 0, bytes) !== 0) throw failure(ffi);
  return [pair[0]!, pair[1]!];
}

function runHelper(args: readonly string[], socket: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("fusermount3", args, {
      stdio: ["ignore", "ignore", "pipe", socket],
      env: { ...process.env, LC_ALL: "C", _FUSE_COMMFD: "3" },
      timeout: PATIENCE,
    });
    let message = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => message += text);
    child.on("error", (error) => reject(new VfsError("ENOENT", error.message)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new VfsError("EPERM", message.trim()));
    });
  });
}

/**
 * Receives a descriptor: `recvmsg` with a message of one byte and a control message beside it.
 * The structures are those of 64-bit Linux.
 */
function receiveDescriptor(ffi: Ffi, socket: number): number {
  // Views of buffers of their own: the memory of small arrays may move.
  const data = new Uint8Array(new ArrayBuffer(8));
  const control = new Uint8Array(new ArrayBuffer(24)); // cmsghdr (16), one descriptor (4), padding
  const iovec = new Uint8Array(new BigUint64Array([ffi.address(data), 1n]).buffer);
  const header = new BigUint64Array([
    0n, // no name
    0n,
    ffi.address(iovec),
    1n, // one part
    ffi.address(control),
    BigInt(control.length),
    0n,
  ]);
  const count = ffi.functions.recvmsg(socket, new Uint8Array(header.buffer), MSG_DONTWAIT);
  if (count < 0) throw failure(ffi);
  const words = new Int32Array(control.buffer, 0, 5);
  // Length, level SOL_SOCKET, type SCM_RIGHTS.
  if (words[0] !== 20 || words[2] !== 1 || words[3] !== 1) {
    throw new VfsError("EPROTO", "fusermount3 did not send the device");
  }
  // The buffers that the header points to must live until here.
  if (data.length + iovec.length === 0) throw new VfsError("EIO");
  return words[4]!;
}

function failure(ffi: Ffi): VfsError {
  return new VfsError(errnoName(ffi.errno()) ?? "EIO");
}
