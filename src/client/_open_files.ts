import { O_CREAT, O_EXCL, O_TRUNC, toVfsError } from "../fs/mod.ts";
import type { OperationName, WireResponse2 } from "../protocol/mod.ts";
import { infoOf } from "./_convert.ts";
import type { Fields } from "./_dialect.ts";
import type { RemoteFile } from "./remote_file.ts";

/** How many files are opened again at a time. */
const BATCH = 32;

/** What is needed to open files again. */
export interface Reopener {
  /** Makes a request before those that wait. */
  now(name: OperationName, fields: Fields): Promise<WireResponse2>;
  /** Makes a request whose answer does not matter. */
  tell(name: OperationName, fields: Fields): void;
  /** Told of a file that is lost. */
  lost(file: RemoteFile): void;
  /** Whether the connection is still there. */
  isConnected(): boolean;
}

/** The files that a client has open. */
export class OpenFiles {
  readonly #files = new Set<RemoteFile>();

  /** Remembers a file. */
  add(file: RemoteFile): void {
    this.#files.add(file);
  }

  /** Forgets a file. */
  delete(file: RemoteFile): void {
    this.#files.delete(file);
  }

  /** Opens every file again in a new session; those that cannot be are stale from now on. */
  async reopen(by: Reopener): Promise<void> {
    const files = [...this.#files].filter((file) => file.stale === undefined);
    for (let i = 0; i < files.length; i += BATCH) {
      await Promise.all(files.slice(i, i + BATCH).map((file) => reopenOne(file, by)));
    }
  }
}

async function reopenOne(file: RemoteFile, by: Reopener): Promise<void> {
  file.stale = await reasonToLose(file, by);
  if (file.stale !== undefined) by.lost(file);
}

/** Opens a file by its path and makes sure that it is the same; otherwise says why it is lost. */
async function reasonToLose(file: RemoteFile, by: Reopener): Promise<string | undefined> {
  if (file.bound !== undefined) return file.bound;
  if (file.ino === undefined) return "nobody knows which file it was";
  try {
    const { path } = file;
    const flags = file.flags & ~(O_CREAT | O_EXCL | O_TRUNC);
    const found = await by.now(
      file.isListing ? "opendir" : "open",
      file.isListing ? { path, plus: true } : { path, flags, plus: true },
    );
    file.fh = found.fh;
    if (infoOf(found.attr).ino === file.ino) return undefined;
    by.tell("release", { fh: found.fh });
    return "another file has its name now";
  } catch (error) {
    // That is no news of the file: all will be tried again with the next connection.
    if (!by.isConnected()) throw error;
    return `it cannot be opened again (${toVfsError(error).code})`;
  }
}
