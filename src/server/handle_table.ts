import { type Awaitable, type Handle, isPromiseLike, VfsError } from "../fs/mod.ts";
import type { Int64 } from "../protocol/mod.ts";
import type { Exchange2 } from "./v2/exchange2.ts";

/** How many handles there are and may be in a whole server. */
export interface HandleBudget {
  /** How many there are. */
  open: number;
  /** How many there may be. */
  readonly limit: number;
}

/** A file that a session has open. */
export interface OpenFile {
  /** What the provider gave. */
  readonly handle: Handle;
  /** The flags it was opened with. */
  readonly flags: number;
  /** The clean path by which it was opened. */
  readonly path: string;
  /** Version 2: the operations on it that are under way or wait for their turn, in their order. */
  line: Exchange2[] | undefined;
  /** How many operations on it are under way. */
  busy: number;
  /** Whether it is to be closed when they are done. */
  doomed: boolean;
}

/**
 * The handles of one session. Their numbers mean nothing to another, begin at 1 and are never used
 * twice, so that a late request can never reach somebody else's file.
 */
export class HandleTable {
  readonly #files = new Map<Int64, OpenFile>();
  readonly #limit: number;
  readonly #budget: HandleBudget;
  readonly #onCloseError: (error: unknown) => void;
  #last = 0;
  #ended = false;

  /**
   * @param limit How many handles the session may hold.
   * @param budget The count of the whole server, which this table takes part in.
   * @param onCloseError Told when closing a handle fails and nobody waits for the answer.
   */
  constructor(limit: number, budget: HandleBudget, onCloseError: (error: unknown) => void) {
    this.#limit = limit;
    this.#budget = budget;
    this.#onCloseError = onCloseError;
  }

  /** How many handles the session holds. */
  get size(): number {
    return this.#files.size;
  }

  /**
   * Makes sure that there is room for one more, before anything is opened.
   *
   * @throws {VfsError} EMFILE or ENFILE.
   */
  admit(): void {
    if (this.#files.size >= this.#limit) throw new VfsError("EMFILE");
    if (this.#budget.open >= this.#budget.limit) throw new VfsError("ENFILE");
  }

  /**
   * Takes a handle in.
   *
   * @param handle What a provider returned.
   * @param flags The flags it was opened with.
   * @param path The clean path by which it was opened.
   * @returns Its number.
   * @throws {TypeError} It is no handle.
   * @throws {VfsError} EMFILE or ENFILE if there is no room any more, EBADF if the session ended
   * meanwhile; then the handle is closed.
   */
  add(handle: Handle, flags: number, path: string): number {
    if (typeof handle?.close !== "function") {
      throw new TypeError("Cannot use what the provider opened: it is not a handle");
    }
    const file = { handle, flags, path, line: undefined, busy: 0, doomed: false };
    try {
      if (this.#ended) throw new VfsError("EBADF");
      this.admit();
    } catch (error) {
      this.#close(file);
      throw error;
    }
    this.#budget.open++;
    this.#files.set(++this.#last, file);
    return this.#last;
  }

  /**
   * Finds an open file, if there is one of that number.
   *
   * @param number What the peer said.
   */
  find(number: Int64): OpenFile | undefined {
    return this.#files.get(number);
  }

  /**
   * Finds an open file.
   *
   * @param number What the peer said.
   * @returns The file.
   * @throws {VfsError} EBADF.
   */
  get(number: Int64): OpenFile {
    const file = this.find(number);
    if (file === undefined) throw new VfsError("EBADF");
    return file;
  }

  /**
   * Takes a handle out and closes it. A number that is not in use is fine.
   *
   * @param number What the peer said.
   */
  release(number: Int64): Awaitable<void> {
    const file = this.#files.get(number);
    if (file === undefined) return;
    this.#forget(number);
    return file.handle.close();
  }

  /**
   * Closes a handle whose number nobody will ever use.
   *
   * @param number What `add` gave.
   */
  discard(number: number): void {
    const file = this.#files.get(number);
    if (file === undefined) return;
    this.#forget(number);
    void this.#close(file);
  }

  /**
   * Keeps a file open while an operation on it is under way.
   *
   * @param file The file.
   * @param result What the operation returned.
   * @returns The same answer.
   */
  hold<T>(file: OpenFile, result: Awaitable<T>): Awaitable<T> {
    if (!isPromiseLike(result)) return result;
    file.busy++;
    return Promise.resolve(result).finally(() => {
      file.busy--;
      if (file.doomed && file.busy === 0) return this.#close(file);
    });
  }

  /** Closes every handle, now or when what is under way with it is done. None can be added after. */
  async end(): Promise<void> {
    this.#ended = true;
    const closing: Awaitable<void>[] = [];
    for (const [number, file] of this.#files) {
      this.#forget(number);
      if (file.busy === 0) closing.push(this.#close(file));
      else file.doomed = true;
    }
    await Promise.all(closing);
  }

  #forget(number: Int64): void {
    this.#files.delete(number);
    this.#budget.open--;
  }

  #close(file: OpenFile): Awaitable<void> {
    try {
      const closed = file.handle.close();
      if (isPromiseLike(closed)) return Promise.resolve(closed).catch(this.#onCloseError);
    } catch (error) {
      this.#onCloseError(error);
    }
  }
}
