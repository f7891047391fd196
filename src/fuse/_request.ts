import { NAME_MAX, type OpContext, VfsError } from "../fs/mod.ts";
import type { Buffer64 } from "./_buffers.ts";
import { IN_HEADER } from "./_abi.ts";
import { decodeText } from "./_text.ts";

/** The first word of what follows the header. */
const BODY = IN_HEADER / 4;

/**
 * One request of the kernel's, and the context in which the provider answers it.
 *
 * What it says is in the buffer, and the buffer is good only until the operation has to wait: an
 * operation reads everything it needs before that.
 */
export class Request implements OpContext {
  readonly input: Buffer64;
  readonly length: number;
  readonly opcode: number;
  readonly unique: number;
  readonly nodeid: number;
  readonly uid: number;
  readonly gid: number;
  readonly pid: number;
  /** Of one that waits: the path of its node when it began to. */
  path: string | undefined;
  /** Whether the reply is out; it goes out exactly once. */
  answered = false;
  /** Whether its operation is waiting for the provider. */
  parked = false;
  /** Whether the caller got a signal. */
  interrupted = false;
  /** Whether it may wait as long as it likes. */
  patient = false;
  /** When its deadline or its grace is over, by the session's clock. */
  due: number = Infinity;
  #abort: AbortController | undefined;
  #cursor = 0;

  constructor(input: Buffer64, length: number) {
    const { u32 } = input;
    this.input = input;
    this.length = length;
    this.opcode = u32[1]!;
    this.unique = u32[2]! + u32[3]! * 4294967296;
    this.nodeid = u32[4]! + u32[5]! * 4294967296;
    this.uid = u32[6]!;
    this.gid = u32[7]!;
    this.pid = u32[8]!;
  }

  get origin(): string {
    return "fuse";
  }

  /** Most providers never look at it, so it is made when one does. */
  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /** Whether its operation was told to give up. */
  get aborted(): boolean {
    return this.#abort?.signal.aborted ?? false;
  }

  abort(reason: VfsError): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }

  /** The same caller, as a member of a group that it is in beside others. */
  asMember(gid: number): OpContext {
    const { uid, pid, origin } = this;
    const signal = () => this.signal;
    return {
      uid,
      gid,
      pid,
      origin,
      get signal() {
        return signal();
      },
    };
  }

  /** The word at a place in the body. */
  u32(word: number): number {
    return this.input.u32[BODY + word]!;
  }

  /** The 64-bit number at a place in the body; beyond 53 bits it is only roughly right. */
  u64(word: number): number {
    const { u32 } = this.input;
    return u32[BODY + word]! + u32[BODY + word + 1]! * 4294967296;
  }

  /** The signed 64-bit number at a place in the body. */
  i64(word: number): number {
    const { u32 } = this.input;
    return u32[BODY + word]! + (u32[BODY + word + 1]! | 0) * 4294967296;
  }

  /** The 64-bit number at a place in the body, as text that is equal only for equal numbers. */
  id(word: number): string {
    const { u32 } = this.input;
    return `${u32[BODY + word + 1]!.toString(16)}.${u32[BODY + word]!.toString(16)}`;
  }

  /** Where texts begin: after so many bytes of the body. */
  textsAfter(bytes: number): void {
    this.#cursor = IN_HEADER + bytes;
  }

  /**
   * The next text.
   *
   * @throws {VfsError} EILSEQ if it is not UTF-8.
   */
  text(): string {
    const start = this.#cursor;
    const end = this.#endOfText();
    return decodeText(this.input.bytes, start, end);
  }

  /**
   * The next text, which must be the name of an entry.
   *
   * @throws {VfsError} ENAMETOOLONG, EILSEQ, EINVAL.
   */
  name(): string {
    const start = this.#cursor;
    const end = this.#endOfText();
    if (end - start > NAME_MAX) throw new VfsError("ENAMETOOLONG");
    const name = decodeText(this.input.bytes, start, end);
    if (name.length < 3 && (name === "" || name === "." || name === "..")) {
      throw new VfsError("EINVAL", name);
    }
    return name;
  }

  /** Bytes of the request, from where the texts ended. */
  rest(length: number): Uint8Array {
    if (this.#cursor + length > this.length) throw new VfsError("EINVAL");
    return this.input.bytes.subarray(this.#cursor, this.#cursor + length);
  }

  #endOfText(): number {
    const { bytes } = this.input;
    let end = this.#cursor;
    // Names are short: a loop is through before `indexOf` has begun.
    while (end < this.length && bytes[end] !== 0) end++;
    if (end >= this.length) throw new VfsError("EINVAL");
    this.#cursor = end + 1;
    return end;
  }
}
