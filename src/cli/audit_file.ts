import type { Runtime } from "../../adapters/runtime.ts";
import { type Handle, O_APPEND, O_CREAT, O_RDWR, VfsError } from "../fs/mod.ts";
import { appendTo } from "./append_to.ts";
import { cannot, CommandError } from "./command_error.ts";
import { openLocalHandle } from "./local_file.ts";

/** The file of an audit, open for going on with it. */
export interface AuditFile {
  /** Its last line, if there is one. */
  readonly after: string | undefined;
  /** Writes a line; done when the kernel has it. */
  readonly write: (line: string) => Promise<void>;
  /** Waits until everything is on the disk, and closes it. */
  readonly close: () => Promise<void>;
}

/** How much is read at a time, from the end, to find the last line. */
const STEP = 64 * 1024;
/** A line that is longer was not written by us. */
const LONGEST_LINE = 1 << 20;
const LINE_FEED = 10;

/**
 * Opens the file of an audit, or makes it, readable by its owner alone.
 *
 * An audit that cannot be gone on with is refused: what follows a broken line would be worth nothing.
 *
 * @param runtime Whose filesystem.
 * @param path The file.
 * @throws {CommandError} If it cannot be opened, does not end with a whole line, or is being written
 * by somebody else.
 */
export async function openAudit(runtime: Runtime, path: string): Promise<AuditFile> {
  try {
    const { file } = await openLocalHandle(runtime, path, O_RDWR | O_APPEND | O_CREAT, 0o600);
    try {
      const all = { start: 0, end: Infinity, owner: crypto.randomUUID(), pid: 0 };
      await file.lock({ kind: "posix", type: "write", ...all }, false);
      const after = await lastLine(file, path);
      const write = (line: string) => appendTo(file, line);
      return { after, write, close: () => syncAndClose(file) };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    const isLocked = error instanceof VfsError && error.code === "EAGAIN";
    if (isLocked) throw new CommandError(`Cannot write the audit ${path}: another server does`);
    throw cannot(`write the audit ${path}`, error);
  }
}

async function lastLine(file: Handle, path: string): Promise<string | undefined> {
  const { size } = await file.stat();
  let tail = new Uint8Array(0);
  while (tail.length < size && tail.length <= LONGEST_LINE) {
    tail = await readTail(file, size, Math.min(size, tail.length + STEP));
    if (tail.at(-1) !== LINE_FEED) break;
    const start = tail.subarray(0, -1).lastIndexOf(LINE_FEED) + 1;
    if (start > 0 || tail.length === size) {
      return new TextDecoder().decode(tail.subarray(start, -1));
    }
  }
  if (size === 0) return undefined;
  throw notWhole(path);
}

/** Says what to do with an audit that cannot be gone on with. */
export function notWhole(path: string): CommandError {
  return new CommandError(
    `Cannot go on with the audit ${path}: its last line is not whole; look at it with ` +
      `vfs-server audit verify ${path}, then move it away`,
  );
}

async function readTail(
  file: Handle,
  size: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = await file.readAt(bytes.subarray(done), size - length + done);
    if (count === 0) throw new VfsError("EIO", "the file became shorter");
    done += count;
  }
  return bytes;
}

async function syncAndClose(file: Handle): Promise<void> {
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
