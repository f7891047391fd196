import {
  type DirEntry,
  type DirPageEntry,
  ERRNO,
  type FileInfo,
  type FileLock,
  type StatFs,
} from "../../fs/mod.ts";
import { encodeFrame, type Lifetimes, type MessageKind, RESPONSE_2 } from "../../protocol/mod.ts";
import type { Answers } from "../answers.ts";
import { lockToWire } from "./_lock.ts";
import type { Outlet } from "./outlet.ts";

/** The shapes of answers, each with only the rows that it can have: to write few is quicker. */
const DONE = /* @__PURE__ */ RESPONSE_2.only("id", "err", "ttl");
const STAT = /* @__PURE__ */ RESPONSE_2.only("id", "err", "attr", "fh", "ttl");
const DATA = /* @__PURE__ */ RESPONSE_2.only("id", "err", "data");
const WRITTEN = /* @__PURE__ */ RESPONSE_2.only("id", "err", "written");
const PAGE = /* @__PURE__ */ RESPONSE_2.only("id", "err", "page");
const OFFSET = /* @__PURE__ */ RESPONSE_2.only("id", "err", "off");
const NAMES = /* @__PURE__ */ RESPONSE_2.only("id", "err", "names");
const STATFS = /* @__PURE__ */ RESPONSE_2.only("id", "err", "statfs");
const LOCK = /* @__PURE__ */ RESPONSE_2.only("id", "err", "lock");

/** Writes the answer to one request of version 2, as one frame. */
export class Reply2 implements Answers {
  /** The number of the request. */
  id = 0;
  /** How long the answer may be cached, where that is not the session's rule. */
  ttl: Lifetimes | undefined;
  /** Whether the answer was an errno. */
  failed = false;
  readonly #outlet: Outlet;
  #hole: Uint8Array | undefined;
  /** The buffer that the hole lies in, if it is not the outlet's any more. */
  #buffer: Uint8Array | undefined;
  #isDetached = false;

  /** @param outlet Where answers go. */
  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /**
   * Begins the answer to another request.
   *
   * @param id The number of the request.
   */
  begin(id: number): void {
    this.id = id;
    this.ttl = undefined;
    this.failed = false;
  }

  #write(kind: MessageKind, answer: object): void {
    encodeFrame(this.#outlet.writer, kind, answer);
  }

  /** Answers that it is done. */
  ok(): void {
    this.#write(DONE, { id: this.id, err: 0 });
  }

  /** Answers that it failed. */
  error(errno: number): void {
    this.#dropHole();
    this.failed = true;
    const known = Number.isInteger(errno) && errno > 0 && errno < 4096;
    const err = -(known ? errno : ERRNO.EIO);
    this.#write(DONE, { id: this.id, err, ttl: errno === ERRNO.ENOENT ? this.ttl : undefined });
  }

  /** Answers with attributes, and with the handle that was opened. */
  stat(attr: FileInfo | undefined, fh = 0): void {
    this.#write(STAT, { id: this.id, err: 0, attr, fh, ttl: this.ttl });
  }

  /** Answers with the handle that was opened. */
  handle(fh: number): void {
    this.stat(undefined, fh);
  }

  /** Answers how much was written or copied. */
  written(count: number): void {
    this.#write(WRITTEN, { id: this.id, err: 0, written: count });
  }

  /** Answers with bytes. */
  bytes(data: Uint8Array): void {
    this.#write(DATA, { id: this.id, err: 0, data });
  }

  /** Not in version 2. */
  entries(_entries: readonly DirEntry[]): void {
    this.error(ERRNO.ENOSYS);
  }

  /** Answers with a part of a directory. */
  page(page: readonly DirPageEntry[]): void {
    this.#write(PAGE, { id: this.id, err: 0, page });
  }

  /** Answers with an offset. */
  offset(off: number): void {
    this.#write(OFFSET, { id: this.id, err: 0, off });
  }

  /** Answers with the names of extended attributes. */
  names(names: readonly string[]): void {
    this.#write(NAMES, { id: this.id, err: 0, names });
  }

  /** Answers with what there is to know of a filesystem. */
  statfs(statfs: StatFs): void {
    this.#write(STATFS, { id: this.id, err: 0, statfs });
  }

  /** Answers with the lock that is in the way. */
  lock(lock: FileLock | undefined, owner: string): void {
    const found = lock === undefined ? undefined : { ...lockToWire(lock), owner };
    this.#write(LOCK, { id: this.id, err: 0, lock: found });
  }

  /** Begins an answer with data that goes right into the outgoing frame. */
  hole(size: number): Uint8Array {
    const { writer } = this.#outlet;
    const { keys } = DATA;
    writer.begin();
    writer.head(3);
    writer.raw(keys[0]!);
    writer.integer(this.id, 0, Number.MAX_SAFE_INTEGER);
    writer.raw(keys[1]!);
    writer.integer(0, 0, 0);
    writer.raw(keys[2]!);
    return this.#hole = writer.hole(size);
  }

  /** Lets others write before this answer: its data is promised. */
  detach(): void {
    if (this.#hole === undefined) return;
    this.#buffer = this.#outlet.writer.detach();
    this.#isDetached = true;
  }

  /** Answers with the data that was put into the hole. */
  data(count: number): void {
    const hole = this.#hole;
    if (hole !== undefined && count > 0 && !this.#isDetached) {
      const { writer } = this.#outlet;
      writer.fill(hole.length, count);
      writer.finish();
      this.#hole = undefined;
      return;
    }
    const bytes = hole?.subarray(0, count) ?? NO_BYTES;
    if (!this.#isDetached) this.#outlet.writer.cancel();
    this.bytes(bytes);
    this.#dropHole();
  }

  /** Takes back the data, wherever it is. */
  #dropHole(): void {
    if (!this.#isDetached) this.#outlet.writer.cancel();
    else if (this.#buffer !== undefined) this.#outlet.pool.give(this.#buffer);
    this.#hole = this.#buffer = undefined;
    this.#isDetached = false;
  }

  /** Forgets a hole that somebody may still write to: its buffer is nobody's any more. */
  abandonHole(): void {
    this.#hole = this.#buffer = undefined;
    this.#isDetached = false;
  }
}

const NO_BYTES = new Uint8Array(0);
