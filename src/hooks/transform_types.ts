import type { Awaitable } from "../fs/awaitable.ts";

/** A transformation that keeps the length: it works on each piece that is read or written. */
export interface StreamTransform {
  /**
   * Turns what the file holds into what is read.
   *
   * @param bytes A copy of a piece of the file.
   * @param offset Its place in the file.
   * @returns As many bytes as there were.
   */
  readonly read?: (bytes: Uint8Array, offset: number) => Awaitable<Uint8Array>;
  /**
   * Turns what is written into what the file holds.
   *
   * @param bytes A copy of what is written.
   * @param offset Its place in the file.
   * @returns As many bytes as there were.
   */
  readonly write?: (bytes: Uint8Array, offset: number) => Awaitable<Uint8Array>;
}

/** The file that is transformed. */
export interface TransformedFile {
  /** What it is called. */
  readonly path: string;
  /** Its mode. */
  readonly mode: number;
  /** The user id of the caller. */
  readonly uid: number;
  /** The group id of the caller. */
  readonly gid: number;
}

/** A transformation of whole files. */
export interface FileTransform {
  /**
   * Turns what was written into what the file holds. It is called when a changed file is closed or
   * synced. Throwing fails that close or sync, and the file stays as it was.
   *
   * @param content A copy of all that the file holds for its reader.
   * @param file The file.
   * @returns What is stored, of any length.
   */
  readonly encode?: (content: Uint8Array, file: TransformedFile) => Awaitable<Uint8Array>;
  /**
   * Turns what the file holds into what is read. Without it the stored bytes are read: after a
   * close or sync the reader sees what `encode` made.
   *
   * @param stored A copy of what is stored.
   * @param file The file.
   * @returns What the reader sees, of any length.
   */
  readonly decode?: (stored: Uint8Array, file: TransformedFile) => Awaitable<Uint8Array>;
  /** The largest file, in bytes; it is held in memory. More is EFBIG (default 64 MiB). */
  readonly maxSize?: number;
}
