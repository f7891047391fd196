import { type DirEntry, ERRNO, type FileInfo } from "../fs/mod.ts";
import type { Answers } from "./answers.ts";
import { encodeFrame, type FrameWriter, RESPONSE } from "../protocol/mod.ts";

const NO_BYTES = new Uint8Array(0);
const NO_ENTRIES: readonly DirEntry[] = [];

const ERR_KEY = /* @__PURE__ */ keyOf("err");
const DATA_KEY = /* @__PURE__ */ keyOf("data");

function keyOf(name: string): Uint8Array {
  return RESPONSE.keys[RESPONSE.fields.findIndex((field) => field.name === name)]!;
}

/** The fields of an answer, as the encoder takes them from the vocabulary of providers. */
interface Answer {
  err: number;
  stat: FileInfo | undefined;
  data: Uint8Array;
  written: number;
  fh: number;
  entries: readonly DirEntry[];
}

/** Writes the answers of version 1, each as one frame, one after another. */
export class Reply implements Answers {
  /** How many answers carried an errno. */
  errors = 0;
  readonly #writer: FrameWriter;
  readonly #answer: Answer = {
    err: 0,
    stat: undefined,
    data: NO_BYTES,
    written: 0,
    fh: 0,
    entries: NO_ENTRIES,
  };
  #holeSize = 0;

  /** @param writer The outgoing bytes of the connection. */
  constructor(writer: FrameWriter) {
    this.#writer = writer;
  }

  /** Answers that it is done. */
  ok(): void {
    this.#send();
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
    this.#answer.err = -(known ? errno : ERRNO.EIO);
    this.#send();
  }

  /** Answers with attributes, and with the handle that was opened. */
  stat(info: FileInfo | undefined, fh = 0): void {
    this.#answer.stat = info;
    this.#answer.fh = fh;
    this.#send();
  }

  /** Answers with the handle that was opened. */
  handle(fh: number): void {
    this.#answer.fh = fh;
    this.#send();
  }

  /** Answers how much was written. */
  written(count: number): void {
    this.#answer.written = count;
    this.#send();
  }

  /** Answers with bytes. */
  bytes(data: Uint8Array): void {
    this.#answer.data = data;
    this.#send();
  }

  /** Answers with a listing. */
  entries(entries: readonly DirEntry[]): void {
    this.#answer.entries = entries;
    this.#send();
  }

  /** Writes the answer, and forgets it whether it could be written or not. */
  #send(): void {
    const answer = this.#answer;
    try {
      encodeFrame(this.#writer, RESPONSE, answer);
    } finally {
      answer.err = 0;
      answer.stat = undefined;
      answer.data = NO_BYTES;
      answer.written = 0;
      answer.fh = 0;
      answer.entries = NO_ENTRIES;
    }
  }

  /**
   * Begins an answer with data that goes right into the outgoing frame.
   *
   * @param size How many bytes at most, at least 1.
   * @returns Where to put them; {@link Reply.data} must follow.
   */
  hole(size: number): Uint8Array {
    const writer = this.#writer;
    writer.begin();
    writer.head(2);
    writer.raw(ERR_KEY);
    writer.integer(0, 0, 0);
    writer.raw(DATA_KEY);
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
