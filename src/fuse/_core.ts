import { ERRNO, type FileInfo, type Provider, toVfsError, VfsError } from "../fs/mod.ts";
import { ATTR_OUT, ENTRY_OUT, OPEN_OUT, OUT_HEADER, REQUEST_MARGIN } from "./_abi.ts";
import { type Buffer64, BufferPool } from "./_buffers.ts";
import { checkInfo, type Lifetime, lifetime, putAttrOut, putEntry } from "./_encode.ts";
import { FileTable } from "./_file_table.ts";
import type { Node } from "./_node.ts";
import { NodeTable } from "./_node_table.ts";
import type { Request } from "./_request.ts";
import { encodeText } from "./_text.ts";
import type { FuseDevice } from "./device.ts";
import type { ResolvedFuseOptions } from "./options.ts";
import { COUNTER, type FuseCounters } from "./stats.ts";

/** The longest target of a symbolic link, in bytes. */
const TARGET_MAX = 4095;

/** What connections fail with, and files do not. */
const CONNECTION_ERRORS: ReadonlySet<number> = new Set([
  ERRNO.EPROTO,
  ERRNO.EBADMSG,
  ERRNO.EPIPE,
  ERRNO.ENOTCONN,
  ERRNO.ECONNRESET,
  ERRNO.ECONNABORTED,
  ERRNO.ECONNREFUSED,
]);

/** The first word after the header of a reply. */
export const REPLY_BODY: number = OUT_HEADER / 4;

/** What the operations of one session work on, and how they answer. */
export class Core {
  readonly provider: Provider;
  readonly options: ResolvedFuseOptions;
  readonly device: FuseDevice;
  readonly counters: FuseCounters;
  readonly files: FileTable = new FileTable();
  /** Requests whose operations wait for the provider, by their numbers. */
  readonly pending: Map<number, Request> = new Map();
  /** The buffer that the next request goes into. */
  input: Buffer64;
  /** The buffer that the next reply is made in. */
  out: Buffer64;
  /** The minor version of the protocol that both ends speak; 0 before INIT. */
  minor = 0;
  destroyed = false;
  readonly entryLifetime: Lifetime;
  readonly attrLifetime: Lifetime;
  readonly negativeLifetime: Lifetime;
  readonly #pool: BufferPool;
  #nodes: NodeTable | undefined;

  constructor(
    provider: Provider,
    device: FuseDevice,
    options: ResolvedFuseOptions,
    counters: FuseCounters,
  ) {
    this.provider = provider;
    this.device = device;
    this.options = options;
    this.counters = counters;
    this.entryLifetime = lifetime(options.entryLifetime);
    this.attrLifetime = lifetime(options.attrLifetime);
    this.negativeLifetime = lifetime(options.negativeLifetime);
    this.#pool = new BufferPool(options.maxWrite + REQUEST_MARGIN);
    this.input = this.#pool.take();
    this.out = this.#pool.take();
  }

  /** What the kernel knows of. @throws {VfsError} EIO before INIT. */
  get nodes(): NodeTable {
    if (this.#nodes === undefined) throw new VfsError("EIO");
    return this.#nodes;
  }

  start(root: FileInfo): void {
    this.#nodes = new NodeTable(root);
  }

  get started(): boolean {
    return this.#nodes !== undefined;
  }

  /** Keeps the buffer of the request at hand, because its data are needed for longer. */
  keepInput(): Buffer64 {
    const kept = this.input;
    this.input = this.#pool.take();
    return kept;
  }

  /** Keeps the buffer of the reply at hand, because a provider is still writing into it. */
  keepOut(): Buffer64 {
    const kept = this.out;
    this.out = this.#pool.take();
    return kept;
  }

  /** Gives a kept buffer back. */
  giveBack(buffer: Buffer64): void {
    this.#pool.give(buffer);
  }

  /**
   * Sends the reply whose body is in `out`.
   *
   * @param length How long the body is.
   * @returns Whether the caller got it: false if there was an answer already, or nobody to take it.
   */
  send(request: Request, length: number, out: Buffer64 = this.out): boolean {
    return this.#write(request, out, 0, length);
  }

  /**
   * Sends a reply whose body lies elsewhere, in parts.
   *
   * @param length How long all parts are together.
   */
  sendParts(request: Request, parts: readonly Uint8Array[], length: number): void {
    if (!this.#begin(request, this.out, 0, length)) return;
    this.device.writeParts!([this.out.bytes.subarray(0, OUT_HEADER), ...parts]);
  }

  /** Answers that it is done. */
  done(request: Request): boolean {
    return this.#write(request, this.out, 0, 0);
  }

  /** Answers with an errno. */
  error(request: Request, errno: number): void {
    this.counters.cells[COUNTER.errors]!++;
    this.#write(request, this.out, -errno, 0);
  }

  /** Answers with whatever was thrown. */
  fail(request: Request, thrown: unknown): void {
    if (request.answered) return;
    let { errno } = toVfsError(thrown);
    // How a provider lost what it serves is not what a program that uses files can make sense of.
    if (CONNECTION_ERRORS.has(errno)) errno = ERRNO.EIO;
    // To the kernel ENOSYS means "never ask again, do as if it had worked": that is ours to say.
    if (errno === ERRNO.ENOSYS) errno = ERRNO.EOPNOTSUPP;
    if (request.aborted && !(thrown instanceof VfsError)) errno = ERRNO.EINTR;
    if ((errno === ERRNO.ENOENT || errno === ERRNO.ENOTDIR) && this.wentStale(request)) {
      errno = ERRNO.ESTALE;
    }
    this.error(request, errno);
  }

  /**
   * Whether a path that a request waited with was moved meanwhile, or is being moved. What was not
   * found there may be elsewhere; at ESTALE the kernel resolves the whole path again.
   */
  wentStale(request: Request): boolean {
    if (!request.parked || this.#nodes === undefined) return false;
    return this.#nodes.movedSince(request.nodeid, request.path);
  }

  #write(request: Request, out: Buffer64, error: number, length: number): boolean {
    return this.#begin(request, out, error, length) &&
      this.device.write(out.bytes, OUT_HEADER + length);
  }

  /** Writes the header of a reply. Returns false if there was an answer already. */
  #begin(request: Request, out: Buffer64, error: number, length: number): boolean {
    if (request.answered) return false;
    request.answered = true;
    if (request.parked) this.pending.delete(request.unique);
    const { u32 } = out;
    u32[0] = OUT_HEADER + length;
    u32[1] = error;
    out.put64(2, request.unique);
    return true;
  }

  /** Answers with what a name stands for, and counts that the kernel knows of it. */
  sendEntry(request: Request, parent: Node, name: string, info: FileInfo): Node {
    const node = this.know(parent, name, info);
    parent.described?.lookedUp();
    putEntry(this.out, REPLY_BODY, node, info, this.entryLifetime, this.attrLifetime);
    if (!this.send(request, ENTRY_OUT)) this.nodes.forget(node.id, 1);
    return node;
  }

  /** Notes what a name stands for, and that the kernel is about to be told. */
  know(parent: Node, name: string, info: FileInfo): Node {
    const node = this.nodes.attach(parent, name, checkInfo(info));
    node.lookups++;
    return node;
  }

  /** Answers with the text of a symbolic link. @throws {VfsError} EIO for one that cannot be. */
  sendText(request: Request, text: string): void {
    if (typeof text !== "string" || text === "") throw new VfsError("EIO");
    const length = encodeText(text, this.out.bytes, OUT_HEADER);
    if (length < 0 || length > TARGET_MAX) throw new VfsError("EIO");
    this.send(request, length);
  }

  /** Answers with the attributes of a node. */
  sendAttr(request: Request, node: Node, info: FileInfo): void {
    node.update(checkInfo(info));
    putAttrOut(this.out, REPLY_BODY, node, info, this.attrLifetime);
    this.send(request, ATTR_OUT);
  }

  /** Writes `struct fuse_open_out` and says how long it is. */
  putOpen(word: number, fh: number, flags: number): number {
    this.out.put64(word, fh);
    this.out.u32[word + 2] = flags;
    this.out.u32[word + 3] = 0;
    return OPEN_OUT;
  }
}
