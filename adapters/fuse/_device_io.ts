import { closeSync, readSync, write, writeSync } from "node:fs";
import { ERRNO, errnoName, O_NONBLOCK, O_RDWR, VfsError } from "../../src/fs/mod.ts";
import type { Ffi } from "./_ffi.ts";

const F_SETFL = 4;
const POLLIN = 1;

/** The device as a descriptor that can be read and written. Failures are thrown with their code. */
export interface DeviceIo {
  readonly fd: number;
  /** Reads one request. */
  read(buffer: Uint8Array): number;
  /** Reads one request if there is one, and answers 0 if not. Only where there are functions of C. */
  tryRead(buffer: Uint8Array): number;
  /** From now on no read waits, which saves asking whether it would. */
  unblock(): void;
  /** Writes one reply. */
  write(bytes: Uint8Array, length: number): void;
  /** Writes one reply that lies in parts. Only where there are functions of C. */
  readonly writeParts?: (parts: readonly Uint8Array[]) => void;
  /** Writes on another thread, and tells whether it went well. */
  writeLater(bytes: Uint8Array): Promise<boolean>;
  close(): void;
}

/**
 * Reads and writes a descriptor in the best way that the runtime has: by the functions of C where it
 * can, which costs less than `node:fs` does on all three.
 *
 * @param isForeign Whether the descriptor was opened by somebody else.
 */
export function deviceIo(fd: number, ffi: Ffi | undefined, isForeign: boolean): DeviceIo {
  return ffi === undefined ? nodeIo(fd) : ffiIo(fd, ffi, isForeign);
}

function nodeIo(fd: number): DeviceIo {
  return {
    fd,
    // With every argument given, neither has to find out what was meant.
    read: (buffer) => readSync(fd, buffer, 0, buffer.length, null),
    tryRead: notHere,
    unblock: notHere,
    write: (bytes, length) => void writeSync(fd, bytes, 0, length, null),
    writeLater: (bytes) => writeElsewhere(fd, bytes, undefined),
    close: () => closeSync(fd),
  };
}

function notHere(): never {
  throw new VfsError("ENOSYS");
}

function ffiIo(fd: number, ffi: Ffi, isForeign: boolean): DeviceIo {
  const question = pollfd(fd);
  let mayWait = true;
  const fail = (): never => {
    throw new VfsError(errnoName(ffi.errno()) ?? "EIO");
  };
  return {
    fd,
    read: (buffer) => {
      const count = ffi.read(fd, buffer);
      return count < 0 ? fail() : count;
    },
    tryRead: (buffer) => {
      if (mayWait && ffi.poll(question) === 0) return 0;
      const count = ffi.read(fd, buffer);
      if (count >= 0) return count;
      return ffi.errno() === ERRNO.EAGAIN ? 0 : fail();
    },
    unblock: () => {
      ffi.functions.fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
      mayWait = false;
    },
    write: (bytes, length) => {
      if (ffi.write(fd, bytes, length) < 0) fail();
    },
    writeParts: (parts) => {
      const vector = new BigUint64Array(parts.length * 2);
      for (let i = 0; i < parts.length; i++) {
        vector[i * 2] = ffi.address(parts[i]!);
        vector[i * 2 + 1] = BigInt(parts[i]!.length);
      }
      const bytes = new Uint8Array(vector.buffer);
      if (ffi.functions.writev(fd, bytes, parts.length) < 0) fail();
    },
    writeLater: (bytes) => writeElsewhere(fd, bytes, ffi),
    close: () => {
      // Deno's `node:fs` closes only what it has opened itself, and that it has to.
      if (isForeign && !ffi.sharesDescriptors) ffi.functions.close(fd);
      else closeSync(fd);
    },
  };
}

async function writeElsewhere(
  fd: number,
  bytes: Uint8Array,
  ffi: Ffi | undefined,
): Promise<boolean> {
  const elsewhere = ffi?.elsewhere;
  if (ffi !== undefined && elsewhere !== undefined) {
    // What Deno's own `write` promises, the main thread does, and a notification may have to wait
    // until that very thread has answered a request.
    return await elsewhere.write(fd, bytes, bytes.length) >= 0;
  }
  return await new Promise((resolve) => {
    write(fd, bytes, 0, bytes.length, null, (error) => resolve(error === null));
  });
}

/** A `struct pollfd` that asks whether there is something to read. */
export function pollfd(fd: number): Uint8Array {
  return new Uint8Array(new Int32Array([fd, POLLIN]).buffer);
}
