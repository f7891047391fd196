import { type DirPageEntry, type Handle, isDirectory, joinPath, VfsError } from "../fs/mod.ts";
import { call } from "./_call.ts";
import { Dirent } from "./dirent.ts";
import type { Tree } from "./_tree.ts";

/** A directory that waits to be listed: as the caller calls it, and as the provider does. */
interface Pending {
  readonly text: string;
  readonly path: string;
}

/**
 * An open directory, as `fs.Dir` is: lists it part by part, however large it is.
 */
export class Dir implements AsyncIterable<Dirent>, AsyncDisposable {
  /** The directory, as the caller spelled it. */
  readonly path: string;
  readonly #tree: Tree;
  readonly #bufferSize: number;
  readonly #recursive: boolean;
  readonly #pending: Pending[] = [];
  #current: Pending;
  #handle: Handle | undefined;
  #page: DirPageEntry[] = [];
  #next = 0;
  #cursor = 0;
  #isClosed = false;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Made by `opendir`.
   *
   * @param tree The tree that the directory belongs to.
   * @param text The directory, as the caller spelled it.
   * @param path The directory's clean path.
   * @param handle The provider's handle, which this object closes.
   * @param options How to list.
   */
  constructor(
    tree: Tree,
    text: string,
    path: string,
    handle: Handle,
    options: { readonly bufferSize?: number | undefined; readonly recursive?: boolean | undefined },
  ) {
    this.path = text;
    this.#tree = tree;
    this.#handle = handle;
    this.#current = { text, path };
    this.#bufferSize = options.bufferSize ?? 32;
    this.#recursive = options.recursive ?? false;
  }

  /** Gives the next entry, or `null` at the end. */
  read(): Promise<Dirent | null> {
    const result = call("scandir", this.path, async () => {
      await this.#last;
      if (this.#isClosed) throw new VfsError("EBADF");
      return await this.#nextEntry();
    });
    this.#last = result.catch(() => {});
    return result;
  }

  async #nextEntry(): Promise<Dirent | null> {
    while (this.#next === this.#page.length) {
      if (!await this.#fill()) return null;
    }
    const { name, mode } = this.#page[this.#next++]!;
    const { text, path } = this.#current;
    if (this.#recursive && isDirectory(mode)) {
      this.#pending.push({ text: joinPath(text, name), path: joinPath(path, name) });
    }
    return new Dirent(name, text, mode);
  }

  /** Gets the next page, of this directory or of the next one; false at the end of all. */
  async #fill(): Promise<boolean> {
    const { provider, context } = this.#tree;
    if (this.#handle === undefined) {
      const next = this.#pending.shift();
      if (next === undefined) return false;
      this.#current = next;
      this.#cursor = 0;
      this.#handle = await provider.openDir(next.path, context);
    }
    this.#page = await this.#handle.readDir(this.#cursor, this.#bufferSize, false, context);
    this.#next = 0;
    if (this.#page.length > 0) {
      this.#cursor = this.#page.at(-1)!.cursor;
    } else {
      await this.#closeHandle();
    }
    return true;
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close(this.#tree.context);
  }

  /** Closes the directory; a second time is EBADF, as in Node. */
  close(): Promise<void> {
    return call("closedir", this.path, async () => {
      await this.#last;
      if (this.#isClosed) throw new VfsError("EBADF");
      this.#isClosed = true;
      await this.#closeHandle();
    });
  }

  /** Lists all entries, and closes the directory at the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Dirent> {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }

  /** Closes the directory, if it is not closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) await this.close();
  }
}
