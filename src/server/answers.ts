import type { DirEntry, FileInfo } from "../fs/mod.ts";

/** Where handlers write the answer to a request, whatever version it is in: one call for each. */
export interface Answers {
  /** Answers that it is done. */
  ok(): void;

  /**
   * Answers that it failed; what there is of another answer to the same request is taken back.
   *
   * @param errno A positive Linux errno; anything else becomes EIO.
   */
  error(errno: number): void;

  /** Answers with attributes, and with the handle that was opened. */
  stat(info: FileInfo | undefined, fh?: number): void;

  /** Answers with the handle that was opened. */
  handle(fh: number): void;

  /** Answers how much was written. */
  written(count: number): void;

  /** Answers with bytes. */
  bytes(data: Uint8Array): void;

  /** Answers with a listing. */
  entries(entries: readonly DirEntry[]): void;

  /**
   * Begins an answer with data that goes right into the outgoing frame.
   *
   * @param size How many bytes at most, at least 1.
   * @returns Where to put them; {@link Answers.data} must follow.
   */
  hole(size: number): Uint8Array;

  /**
   * Answers with the data that was put into the hole.
   *
   * @param count How many bytes; without any there is no data in the answer.
   */
  data(count: number): void;
}
