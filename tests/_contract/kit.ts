/**
 * What the rows of the contract are written with.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Awaitable,
  type ErrnoCode,
  type Handle,
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  type Provider,
  type Timespec,
  VfsError,
} from "../../src/fs/mod.ts";

/** Long ago: what the rows set a time to before they look whether it is updated. */
export const PAST: Timespec = { sec: 1_000_000_000, nsec: 0 };

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of bytes. */
export function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** Shows that an action fails with one errno, whether it throws or rejects. */
export async function fails(code: ErrnoCode, action: () => Awaitable<unknown>): Promise<void> {
  await failsWithOneOf([code], action);
}

/** Shows that an action fails with one of several errnos, where Linux filesystems differ too. */
export async function failsWithOneOf(
  codes: readonly ErrnoCode[],
  action: () => Awaitable<unknown>,
): Promise<void> {
  let thrown: unknown;
  try {
    await action();
  } catch (error) {
    thrown = error;
  }
  assert.notEqual(thrown, undefined, `Expected ${codes.join(" or ")}, but it succeeded`);
  if (!(thrown instanceof VfsError)) throw thrown;
  assert.ok(codes.includes(thrown.code), `Expected ${codes.join(" or ")}: ${thrown.message}`);
}

/** Opens, acts and closes, also when the action fails. */
export async function using<T>(
  opening: Awaitable<Handle>,
  action: (handle: Handle) => Awaitable<T>,
): Promise<T> {
  const handle = await opening;
  try {
    return await action(handle);
  } finally {
    await handle.close();
  }
}

/** Writes a whole file, made with mode 644 if it is missing. */
export async function put(
  fs: Provider,
  path: string,
  content: string | Uint8Array = "",
): Promise<void> {
  const data = typeof content === "string" ? bytes(content) : content;
  await using(
    fs.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644),
    (file) => writeAll(file, data, 0),
  );
}

/** Writes all bytes at an offset. */
export async function writeAll(handle: Handle, data: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < data.length;) {
    const count = await handle.writeAt(data.subarray(done), offset + done);
    assert.ok(count > 0, "A write of something wrote nothing");
    done += count;
  }
}

/** Reads up to a number of bytes at an offset, until the end of the file. */
export async function readBytes(
  handle: Handle,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = await handle.readAt(buffer.subarray(done), offset + done);
    if (count === 0) break;
    done += count;
  }
  return buffer.subarray(0, done);
}

/** Reads text at an offset, until the end of the file. */
export async function readText(handle: Handle, offset = 0, length = 4096): Promise<string> {
  return textOf(await readBytes(handle, offset, length));
}

/** Reads a whole small file. */
export async function get(fs: Provider, path: string): Promise<string> {
  return await using(fs.open(path, O_RDONLY), (file) => readText(file));
}

/** The names in a directory, sorted. */
export async function names(fs: Provider, path = "/"): Promise<string[]> {
  return (await fs.readDir(path)).map((entry) => entry.name).sort();
}

/** Whether a path names anything. */
export async function exists(fs: Provider, path: string): Promise<boolean> {
  return await fs.lookup(path) !== undefined;
}

/** The type and permission bits of a path. */
export async function modeOf(fs: Provider, path: string): Promise<number> {
  return (await fs.stat(path)).mode;
}

/** Sets access and modification time to {@link PAST}. */
export async function age(fs: Provider, path: string): Promise<void> {
  await fs.utimes(path, PAST, PAST);
}

/** Whether two moments are the same. */
function sameTime(a: Timespec, b: Timespec): boolean {
  return a.sec === b.sec && a.nsec === b.nsec;
}

/**
 * Waits until files get a later ctime than those made before. The clock that stamps files moves in
 * steps: of milliseconds, and of whole seconds where Deno's `node:fs` tells the time.
 */
export async function nextStamp(fs: Provider): Promise<void> {
  await put(fs, "/.clock");
  const { ctime } = await fs.stat("/.clock");
  const start = Date.now();
  do {
    assert.ok(Date.now() - start < 20_000, "The ctime of a file never changes");
    await fs.chmod("/.clock", 0o600);
  } while (sameTime((await fs.stat("/.clock")).ctime, ctime));
  await fs.unlink("/.clock");
}
