import {
  andThen,
  type Awaitable,
  isLending,
  isPromiseLike,
  type Lending,
  VfsError,
} from "../fs/mod.ts";
import { FSYNC_FDATASYNC, IN_HEADER, OUT_HEADER, WRITE_KILL_SUIDGID } from "./_abi.ts";
import type { Buffer64 } from "./_buffers.ts";
import { type Core, REPLY_BODY } from "./_core.ts";
import { dropPrivileges, dropPrivilegesByOther } from "./_killpriv.ts";
import type { OpenFile } from "./_open_file.ts";
import type { Request } from "./_request.ts";
import { COUNTER } from "./stats.ts";

/** What a copy may move at a time: the caller asks again, and others get their turn. */
const COPY_MAX = 1 << 24;
/** Where the data of a WRITE begin. */
const WRITE_DATA = IN_HEADER + 40;

/** Below this many bytes a copy costs less than what it takes to do without. */
const WORTH_LENDING = 1 << 16;

export function read(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const offset = request.u64(2);
  const size = request.u32(4);
  if (size > core.options.maxWrite) throw new VfsError("EINVAL");
  const { handle } = file;
  const isLent = size >= WORTH_LENDING && core.device.writeParts !== undefined && isLending(handle);
  return isLent
    ? file.run(() => readLent(core, request, handle, offset, size))
    : readCopied(core, request, file, offset, size);
}

/** What is in the memory of the provider goes from there to the kernel. */
function readLent(
  core: Core,
  request: Request,
  handle: Lending,
  offset: number,
  size: number,
): void {
  const parts = handle.lendAt(offset, size, request);
  const count = parts.reduce((count, part) => count + part.length, 0);
  checkCount(count, size);
  core.counters.cells[COUNTER.bytesRead]! += count;
  core.sendParts(request, parts, count);
}

/** The provider writes into the reply itself; a reply that is waited for keeps its buffer. */
function readCopied(
  core: Core,
  request: Request,
  file: OpenFile,
  offset: number,
  size: number,
): Awaitable<void> {
  const { out } = core;
  const place = out.bytes.subarray(OUT_HEADER, OUT_HEADER + size);
  const count = file.run(() => file.handle.readAt(place, offset, request));
  if (!isPromiseLike(count)) return sendRead(core, request, out, count, size);
  core.keepOut();
  return count.then((count) => sendRead(core, request, out, count, size))
    .then(() => core.giveBack(out), (error) => {
      core.giveBack(out);
      throw error;
    });
}

function sendRead(core: Core, request: Request, out: Buffer64, count: number, size: number): void {
  checkCount(count, size);
  core.counters.cells[COUNTER.bytesRead]! += count;
  core.send(request, count, out);
}

export function write(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const offset = request.u64(2);
  const size = request.u32(4);
  const kill = (request.u32(5) & WRITE_KILL_SUIDGID) !== 0;
  if (WRITE_DATA + size > request.length) throw new VfsError("EINVAL");
  if (!Number.isSafeInteger(offset + size)) throw new VfsError("EFBIG");
  const { input } = request;
  const data = input.bytes.subarray(WRITE_DATA, WRITE_DATA + size);
  const count = file.run(() => file.handle.writeAt(data, offset, request));
  if (!isPromiseLike(count)) return sendWritten(core, request, file, count, size, kill);
  core.keepInput();
  return count.then((count) => sendWritten(core, request, file, count, size, kill))
    .then(() => core.giveBack(input), (error) => {
      core.giveBack(input);
      throw error;
    });
}

function sendWritten(
  core: Core,
  request: Request,
  file: OpenFile,
  count: number,
  size: number,
  kill: boolean,
): Awaitable<void> {
  checkCount(count, size);
  core.counters.cells[COUNTER.bytesWritten]! += count;
  const killed = kill ? dropPrivileges(core, request, file.node) : undefined;
  return andThen(killed, () => sendCount(core, request, count));
}

/** Answers with `struct fuse_write_out`. */
function sendCount(core: Core, request: Request, count: number): void {
  core.out.u32[REPLY_BODY] = count;
  core.out.u32[REPLY_BODY + 1] = 0;
  core.send(request, 8);
}

/** Refuses a number of bytes that a provider cannot have moved. */
function checkCount(count: number, size: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= size) return;
  throw new VfsError("EIO", `The provider says that it moved ${count} of ${size} bytes`);
}

export function fsync(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const dataOnly = (request.u32(2) & FSYNC_FDATASYNC) !== 0;
  const { handle } = file;
  const synced = file.run(() => dataOnly ? handle.datasync(request) : handle.sync(request));
  return andThen(synced, () => {
    core.done(request);
  });
}

export function fallocate(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const offset = request.u64(2);
  const length = request.u64(4);
  const mode = request.u32(6);
  if (!Number.isSafeInteger(offset + length)) throw new VfsError("EFBIG");
  const allocated = file.run(() => file.handle.allocate(mode, offset, length, request));
  return andThen(allocated, () =>
    andThen(dropPrivilegesByOther(core, request, file.node), () => {
      core.done(request);
    }));
}

const SEEK_DATA = 3;
const SEEK_HOLE = 4;

export function lseek(core: Core, request: Request): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const offset = request.u64(2);
  const whence = request.u32(4);
  if (whence !== SEEK_DATA && whence !== SEEK_HOLE) throw new VfsError("EINVAL");
  const { handle } = file;
  const place = file.run(() =>
    whence === SEEK_DATA ? handle.seekData(offset, request) : handle.seekHole(offset, request)
  );
  return andThen(place, (place) => {
    if (!Number.isSafeInteger(place) || place < offset) throw new VfsError("EIO");
    core.out.put64(REPLY_BODY, place);
    core.send(request, 8);
  });
}

/** Copies within the provider; EXDEV makes the kernel copy by reading and writing. */
function copy(core: Core, request: Request): Awaitable<number> {
  const source = core.files.get(request.u64(0));
  const target = core.files.get(request.u64(6));
  const offset = request.u64(2);
  const targetOffset = request.u64(8);
  const length = Math.min(request.u64(10), COPY_MAX);
  if (!Number.isSafeInteger(offset + length) || !Number.isSafeInteger(targetOffset + length)) {
    throw new VfsError("EFBIG");
  }
  const operation = () => {
    const copied = source.handle.copyRange(offset, target.handle, targetOffset, length, request);
    return andThen(copied, (count) => {
      checkCount(count, length);
      return andThen(dropPrivilegesByOther(core, request, target.node), () => count);
    });
  };
  if (source === target) return source.run(operation);
  // Always in the same order, so that two copies in opposite directions do not wait for each other.
  const [first, second] = source.id < target.id ? [source, target] : [target, source];
  return first.run(() => second.run(operation));
}

export function copyFileRange(core: Core, request: Request): Awaitable<void> {
  return andThen(copy(core, request), (count) => sendCount(core, request, count));
}

export function copyFileRange64(core: Core, request: Request): Awaitable<void> {
  return andThen(copy(core, request), (count) => {
    core.out.put64(REPLY_BODY, count);
    core.send(request, 8);
  });
}
