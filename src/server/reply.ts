import { type DirEntry, ERRNO, type FileInfo } from "../fs/mod.ts";
import type { Answers } from "./answers.ts";
import { encodeFrame, type FrameWriter, type MessageKind, RESPONSE } from "../protocol/mod.ts";

/** The shapes of answers, each with only the rows that it can have: to write few is quicker. */
const DONE = /* @__PURE__ */ RESPONSE.only("err");
const STAT = /* @__PURE__ */ RESPONSE.only("err", "stat", "fh");
const DATA = /* @__PURE__ */ RESPONSE.only("err", "data");
const WRITTEN = /* @__PURE__ */ RESPONSE.only("err", "written");
const ENTRIES = /* @__PURE__ */ RESPONSE.only("err", "entries");

/** Writes the answers of version 1, each as one frame, one after another. */
export class Reply implements Answers {
  /** How many answers carried an errno. */
  errors = 0;
  readonly #writer: FrameWriter;
  #holeSize = 0;

  /** @param writer The outgoing bytes of the connection. */
  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  #write(kind: MessageKind, answer: object): void {
    encodeFrame(this.#writer, kind, answer);
  }

  /** Answers that it is done. */
  ok(): void {
    this.#write(DONE, { err: 0 });
  }

  /**
   * Answers that it failed; what there is of another answer to the same request is taken back.
   *
   * @param errno A positive Linux errno; anything else becomes EIO.
   */
  error(errno: number): void {
    this.#writer.cancel();
    this.errors++;
    const known = Number.isInteger(errno) && errno > 0 && errno < 4096;
    this.#write(DONE, { err: -(known ? errno : ERRNO.EIO) });
  }

  /** Answers with attributes, and with the handle that was opened. */
  stat(info: FileInfo | undefined, fh = 0): void {
    this.#write(STAT, { err: 0, stat: info, fh });
  }

  /** Answers with the handle that was opened. */
  handle(fh: number): void {
    this.#write(STAT, { err: 0, stat: undefined, fh });
  }

  /** Answers how much was written. */
  written(count: number): void {
    this.#write(WRITTEN, { err: 0, written: count });
  }

  /** Answers with bytes. */
  bytes(data: Uint8Array): void {
    this.#write(DATA, { err: 0, data });
  }

  /** Answers with a listing. */
  entries(entries: readonly DirEntry[]): void {
    this.#write(ENTRIES, { err: 0, entries });
  }

  /**
   * Begins an answer with data that goes right into the outgoing frame.
   *
   * @param size How many bytes at most, at least 1.
   * @returns Where to put them; {@link Reply.data} must follow.
   */
  hole(size: number): Uint8Array {
    const writer = this.#writer;
    const { keys } = DATA;
    writer.begin();
    writer.head(2);
    writer.raw(keys[0]!);
    writer.integer(0, 0, 0);
    writer.raw(keys[1]!);
    this.#holeSize = size;
    return writer.hole(size);
  }

  /**
   * Answers with the data that was put into the hole.
   *
   * @param count How many bytes; without any there is no data in the answer.
   */
  data(count: number): void {
    if (count === 0) {
      this.#writer.cancel();
      return this.ok();
    }
    this.#writer.fill(this.#holeSize, count);
    this.#writer.finish();
  }
}
