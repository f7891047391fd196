import assert from "node:assert/strict";
import type { Provider } from "../src/fs/mod.ts";
import { FuseSession, type FuseSessionInit } from "../src/fuse/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The parts of the protocol that the tests speak, written down again from the kernel's header. */
export const OP = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  setxattr: 21,
  getxattr: 22,
  listxattr: 23,
  removexattr: 24,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  getlk: 31,
  setlk: 32,
  setlkw: 33,
  create: 35,
  interrupt: 36,
  destroy: 38,
  ioctl: 39,
  poll: 40,
  batchForget: 42,
  fallocate: 43,
  readdirplus: 44,
  rename2: 45,
  lseek: 46,
  copyFileRange: 47,
  tmpfile: 51,
} as const;

/** A part of a request: a number of 4 or 8 bytes, text (with a NUL behind it), or bytes. */
export type Part = { u32: number } | { u64: number | bigint } | string | Uint8Array;

export const u32 = (u32: number): Part => ({ u32 });
export const u64 = (u64: number | bigint): Part => ({ u64 });

/** A reply, or a notification if `unique` is 0. */
export class Reply {
  readonly unique: number;
  /** The errno, positive, or 0; of a notification its code. */
  readonly error: number;
  readonly body: DataView;

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    assert.equal(view.getUint32(0, true), bytes.length, "the length in the header");
    const error = view.getInt32(4, true);
    this.error = error < 0 ? -error : error;
    this.unique = Number(view.getBigUint64(8, true));
    this.body = new DataView(bytes.buffer, bytes.byteOffset + 16, bytes.length - 16);
  }

  u32(at: number): number {
    return this.body.getUint32(at, true);
  }

  u64(at: number): number {
    return Number(this.body.getBigUint64(at, true));
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.body.buffer, this.body.byteOffset, this.body.byteLength);
  }

  get text(): string {
    return decoder.decode(this.bytes);
  }
}

/** Plays the kernel to a session. */
export class Kernel {
  readonly session: FuseSession;
  readonly replies: Reply[] = [];
  readonly notifications: Reply[] = [];
  /** What the device says to a reply. */
  accepts = true;
  /** How many replies came in parts. */
  inParts = 0;
  #unique = 0;

  constructor(provider: Provider, init: FuseSessionInit = {}) {
    this.session = new FuseSession(provider, {
      write: (bytes, length) => {
        this.replies.push(new Reply(bytes.slice(0, length)));
        return this.accepts;
      },
      writeParts: (parts) => {
        this.inParts++;
        this.replies.push(new Reply(Uint8Array.from(parts.flatMap((part) => [...part]))));
        return this.accepts;
      },
      notify: (bytes) => {
        this.notifications.push(new Reply(bytes.slice()));
        return Promise.resolve(true);
      },
    }, init);
  }

  /** Sends a request, and gives its number. */
  send(opcode: number, nodeid: number, ...parts: Part[]): number {
    return this.sendAs({ uid: 0, gid: 0 }, opcode, nodeid, ...parts);
  }

  sendAs(
    { uid, gid }: { uid: number; gid: number },
    opcode: number,
    nodeid: number,
    ...parts: Part[]
  ): number {
    const unique = this.#unique += 2;
    const body = parts.flatMap((part) => [...bytesOf(part)]);
    const bytes = new Uint8Array(40 + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length, true);
    view.setUint32(4, opcode, true);
    view.setBigUint64(8, BigInt(unique), true);
    view.setBigUint64(16, BigInt(nodeid), true);
    view.setUint32(24, uid, true);
    view.setUint32(28, gid, true);
    view.setUint32(32, 77, true);
    bytes.set(body, 40);
    this.session.buffer.fill(0xee, 0, Math.min(bytes.length + 64, this.session.buffer.length));
    this.session.buffer.set(bytes);
    this.session.receive(bytes.length);
    return unique;
  }

  /** Sends a request and gives its reply, which must be there at once. */
  ask(opcode: number, nodeid: number, ...parts: Part[]): Reply {
    return this.replyTo(this.send(opcode, nodeid, ...parts));
  }

  /** The one reply to a request. */
  replyTo(unique: number): Reply {
    const replies = this.replies.filter((reply) => reply.unique === unique);
    assert.equal(replies.length, 1, `${replies.length} replies to ${unique}`);
    return replies[0]!;
  }

  has(unique: number): boolean {
    return this.replies.some((reply) => reply.unique === unique);
  }

  /** Says INIT, as a kernel of a version. */
  init(minor = 45, flags = 0x73fffffb): Reply {
    const parts = [u32(7), u32(minor), u32(131072), u32(flags), u32(0x5fd)];
    return this.ask(OP.init, 0, ...parts, new Uint8Array(44));
  }

  /** Looks a name up and gives the number of its node. */
  lookup(parent: number, name: string): number {
    const reply = this.ask(OP.lookup, parent, name);
    assert.equal(reply.error, 0, `lookup of ${name}`);
    return reply.u64(0);
  }

  /** Makes a file, and gives its node and the open file. */
  create(parent: number, name: string, flags = 2, mode = 0o644): { node: number; fh: number } {
    const reply = this.ask(OP.create, parent, u32(flags), u32(mode), u32(0), u32(0), name);
    assert.equal(reply.error, 0, `create of ${name}`);
    return { node: reply.u64(0), fh: reply.u64(128) };
  }

  write(node: number, fh: number, offset: number, data: string): Reply {
    const bytes = encoder.encode(data);
    const head = [u64(fh), u64(offset), u32(bytes.length), u32(0), u64(0), u32(0), u32(0)];
    return this.ask(OP.write, node, ...head, bytes);
  }

  read(node: number, fh: number, offset: number, size: number): Reply {
    return this.ask(OP.read, node, ...readParts(fh, offset, size));
  }

  release(node: number, fh: number): Reply {
    return this.ask(OP.release, node, u64(fh), u32(0), u32(0), u64(0));
  }
}

/** What a READ or a READDIR says. */
export function readParts(fh: number, offset: number, size: number): Part[] {
  return [u64(fh), u64(offset), u32(size), u32(0), u64(0), u32(0), u32(0)];
}

/** What a SETATTR says. */
export function setattrParts(
  valid: number,
  fields: { fh?: number; size?: number; mode?: number; uid?: number; gid?: number },
): Part[] {
  const { fh = 0, size = 0, mode = 0, uid = 0, gid = 0 } = fields;
  const times = [u64(0), u64(0), u64(0), u32(0), u32(0), u32(0)];
  const ids = [u32(mode), u32(0), u32(uid), u32(gid), u32(0)];
  return [u32(valid), u32(0), u64(fh), u64(size), u64(0), ...times, ...ids];
}

function bytesOf(part: Part): Uint8Array {
  if (typeof part === "string") return encoder.encode(`${part}\0`);
  if (part instanceof Uint8Array) return part;
  if ("u32" in part) return new Uint8Array(new Uint32Array([part.u32]).buffer);
  return new Uint8Array(new BigUint64Array([BigInt.asUintN(64, BigInt(part.u64))]).buffer);
}

/** One entry of a listing. */
export interface ListedEntry {
  readonly name: string;
  readonly ino: number;
  readonly next: number;
  readonly type: number;
  /** With attributes: the node, 0 if the kernel was told nothing. */
  readonly node: number;
}

/** Reads the body of READDIR or READDIRPLUS. */
export function entriesOf(reply: Reply, plus: boolean): ListedEntry[] {
  const entries: ListedEntry[] = [];
  let at = 0;
  while (at < reply.body.byteLength) {
    const node = plus ? reply.u64(at) : 0;
    if (plus) at += 128;
    const length = reply.u32(at + 16);
    const name = decoder.decode(reply.bytes.subarray(at + 24, at + 24 + length));
    entries.push({
      name,
      ino: reply.u64(at),
      next: reply.u64(at + 8),
      type: reply.u32(at + 20),
      node,
    });
    at += (24 + length + 7) & ~7;
  }
  return entries;
}
