import { closeSync, readSync, write, writeSync } from "node:fs";
import { errnoName, VfsError } from "../../src/fs/mod.ts";
import type { Ffi } from "./_ffi.ts";

/** The device as a descriptor that can be read and written. Failures are thrown with their code. */
export interface DeviceIo {
  readonly fd: number;
  /** Reads one request. */
  read(buffer: Uint8Array): number;
  /** Writes one reply. */
  write(bytes: Uint8Array, length: number): void;
  /** Writes on another thread, and tells whether it went well. */
  writeLater(bytes: Uint8Array): Promise<boolean>;
  close(): void;
}

/**
 * Reads and writes a descriptor in the best way that the runtime has.
 *
 * @param isForeign Whether the descriptor was opened by somebody else.
 */
export function deviceIo(fd: number, ffi: Ffi | undefined, isForeign: boolean): DeviceIo {
  if (ffi === undefined) return nodeIo(fd, ffi);
  return ffi.isQuick || (isForeign && !ffi.sharesDescriptors) ? ffiIo(fd, ffi) : nodeIo(fd, ffi);
}

/** A descriptor that `node:fs` can use. */
function nodeIo(fd: number, ffi: Ffi | undefined): DeviceIo {
  return {
    fd,
    // With every argument given, neither has to find out what was meant.
    read: (buffer) => readSync(fd, buffer, 0, buffer.length, null),
    write: (bytes, length) => void writeSync(fd, bytes, 0, length, null),
    writeLater: (bytes) => writeElsewhere(fd, bytes, ffi),
    close: () => closeSync(fd),
  };
}

/** Any descriptor, by the functions of C. Deno's `node:fs` knows only what it has opened itself. */
function ffiIo(fd: number, ffi: Ffi): DeviceIo {
  const { functions, size } = ffi;
  const check = (result: number | bigint): number => {
    if (result < 0) throw new VfsError(errnoName(ffi.errno()) ?? "EIO");
    return Number(result);
  };
  return {
    fd,
    read: (buffer) => check(functions.read(fd, buffer, size(buffer.length))),
    write: (bytes, length) => void check(functions.write(fd, bytes, size(length))),
    writeLater: (bytes) => writeElsewhere(fd, bytes, ffi),
    close: () => void functions.close(fd),
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
    return Number(await elsewhere.write(fd, bytes, ffi.size(bytes.length))) >= 0;
  }
  return await new Promise((resolve) => {
    write(fd, bytes, 0, bytes.length, null, (error) => resolve(error === null));
  });
}
