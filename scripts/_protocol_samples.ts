import { type FileInfo, O_CREAT, O_RDWR, S_IFREG } from "../src/fs/mod.ts";
import { OP, type OperationName } from "../src/protocol/mod.ts";

/** A message, as the encoder takes it. */
export interface Sample {
  readonly name: string;
  readonly kind: "request" | "answer";
  readonly value: Readonly<Record<string, unknown>>;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const count = (length: number) => new Uint8Array(length).map((_, i) => i);

const INFO: FileInfo = {
  ino: 2n ** 64n - 1n,
  mode: S_IFREG | 0o4755,
  nlink: 2,
  uid: 1000,
  gid: 100,
  rdev: 0,
  size: 2 ** 40 + 1,
  blocks: 8,
  blksize: 4096,
  atime: { sec: -1, nsec: 999_999_999 },
  mtime: { sec: 1_795_366_512, nsec: 1 },
  ctime: { sec: 0, nsec: 0 },
};

const request = (name: string, op: OperationName, fields: object): Sample => ({
  name,
  kind: "request",
  value: { op: OP[op], ...fields },
});
const answer = (name: string, value: Sample["value"]): Sample => ({ name, kind: "answer", value });

/** Messages that between them have every field. */
export const MESSAGES: readonly Sample[] = [
  request("hello", "hello", {
    id: 1,
    name: "sample 1.0",
    version: 2,
    features: ["notify", "resume"],
    max_frame: 4_194_304,
    resume: 60_000,
  }),
  request("hello to go on", "hello", {
    id: 1000,
    version: 2,
    features: ["resume"],
    resume: 60_000,
    session: count(16),
    token: count(32),
  }),
  request("the largest id and handle", "read", {
    id: Number.MAX_SAFE_INTEGER,
    fh: 2n ** 64n - 1n,
    off: Number.MAX_SAFE_INTEGER,
    sz: 0xffff_ffff,
  }),
  request("lookup by a process", "lookup", { id: 2, path: "/grüße", uid: 1000, gid: 100, pid: 42 }),
  request("setattr of everything", "setattr", {
    id: 3,
    path: "/a",
    mode: 0o604,
    plus: true,
    mask: 63,
    size: 2 ** 33,
    new_uid: 11,
    new_gid: 12,
    atime: { sec: -5, nsec: 7 },
    mtime: { sec: 6, nsec: 999_999_999 },
  }),
  request("write", "write", { id: 4, fh: 1, off: 10, data: bytes("hello") }),
  request("open to create", "open", {
    id: 5,
    path: "/new",
    flags: O_RDWR | O_CREAT,
    mode: 0o644,
    plus: true,
  }),
  request("rename without replacing", "rename", { id: 6, path: "/a", new_path: "/b", flags: 1 }),
  request("a page of a directory", "readdir", { id: 7, fh: 2, sz: 100, plus: true, cursor: 41 }),
  request("mknod", "mknod", { id: 8, path: "/null", mode: 0o020666, rdev: 0x103 }),
  request("setxattr", "setxattr", {
    id: 9,
    path: "/a",
    data: bytes("v"),
    flags: 1,
    name: "user.k",
  }),
  request("seek to a hole", "seek", { id: 10, fh: 1, off: 0, whence: 4 }),
  request("copyrange", "copyrange", { id: 11, fh: 1, off: 5, len: 2 ** 32, fh2: 2, off2: 6 }),
  request("a lock that waits", "lock", {
    id: 12,
    fh: 1,
    off: 100,
    pid: 42,
    len: 50,
    type: 1,
    owner: "thread 7",
    kind: 1,
    wait: true,
  }),
  request("cancel", "cancel", { id: 13, target: 12 }),
  answer("the answer to hello", {
    id: 1,
    err: 0,
    ttl: { entry: 1000, attr: 1000, negative: 0 },
    version: 2,
    features: ["notify", "resume"],
    max_frame: 1_114_112,
    max_read: 1_048_576,
    max_write: 1_048_576,
    max_inflight: 128,
    max_handles: 4096,
    max_path: 4096,
    session: count(16),
    token: count(32),
    resume: 60_000,
    resumed: true,
    readonly: true,
  }),
  answer("done", { id: 2, err: 0 }),
  answer("an error", { id: 2, err: -2 }),
  answer("an absence that may be cached", {
    id: 2,
    err: -2,
    ttl: { entry: 0, attr: 0, negative: 500 },
  }),
  answer("attributes and a handle", { id: 3, err: 0, attr: INFO, fh: 7 }),
  answer("data", { id: 4, err: 0, data: bytes("hello") }),
  answer("a count above 2^32", { id: 5, err: 0, written: 2 ** 33 }),
  answer("a page, with attributes and without", {
    id: 6,
    err: 0,
    page: [
      { name: "with", ino: INFO.ino, mode: INFO.mode, cursor: 1, info: INFO },
      { name: "without", ino: 3n, mode: 0o040755, cursor: 2 },
    ],
  }),
  answer("an offset", { id: 7, err: 0, off: 4096 }),
  answer("names", { id: 8, err: 0, names: ["user.a", "user.b"] }),
  answer("a filesystem", {
    id: 9,
    err: 0,
    statfs: {
      bsize: 4096,
      blocks: 1000,
      bfree: 500,
      bavail: 400,
      files: 64,
      ffree: 32,
      namelen: 255,
      readonly: false,
    },
  }),
  answer("a lock in the way", {
    id: 10,
    err: 0,
    lock: { kind: 0, type: 1, off: 100, len: 0, pid: 42, owner: "3:thread 7" },
  }),
  answer("a notice", {
    err: 0,
    changes: [
      { kind: 1, path: "/d/new" },
      { kind: 2, path: "/d/f", ino: 2n ** 60n },
      { kind: 3, path: "/" },
    ],
  }),
];

/** A body in hexadecimal, with its length before it. */
function framed(body: string): string {
  const bare = body.replaceAll(" ", "");
  return (bare.length / 2).toString(16).padStart(8, "0") + bare;
}

/** `"op": 50` (ping) and `"id": 99`. */
const PING = "626f70 1832";
const ID_99 = "626964 1863";

/** Frames that a server of version 2 answers with an errno, or ends the connection for. */
export const BAD_FRAMES: readonly {
  readonly name: string;
  readonly hex: string;
  readonly outcome: "close" | number;
}[] = [
  { name: "an empty frame", hex: "00000000", outcome: "close" },
  { name: "a length beyond the limit", hex: "ffffffff", outcome: "close" },
  { name: "not a map", hex: framed("80"), outcome: "close" },
  { name: "bytes after the map", hex: framed(`a2 ${PING} ${ID_99} a0`), outcome: "close" },
  { name: "a map that ends too early", hex: framed(`a3 ${PING} ${ID_99}`), outcome: "close" },
  { name: "a key twice", hex: framed(`a3 ${PING} ${ID_99} ${PING}`), outcome: "close" },
  { name: "an indefinite map", hex: framed(`bf ${PING} ${ID_99} ff`), outcome: "close" },
  { name: "a tag", hex: framed(`a3 ${PING} ${ID_99} 617a c100`), outcome: "close" },
  { name: "a key that is no text", hex: framed(`a3 ${PING} ${ID_99} 01 02`), outcome: "close" },
  { name: "no id", hex: framed(`a1 ${PING}`), outcome: "close" },
  { name: "an id of 0", hex: framed(`a2 ${PING} 626964 00`), outcome: "close" },
  { name: "an id that is text", hex: framed(`a2 ${PING} 626964 6131`), outcome: "close" },
  { name: "no op", hex: framed(`a1 ${ID_99}`), outcome: -22 },
  { name: "an op that there is not", hex: framed(`a2 626f70 19270f ${ID_99}`), outcome: -38 },
  { name: "a text for a number", hex: framed(`a3 ${PING} ${ID_99} 62737a 6178`), outcome: -22 },
  { name: "a float for a number", hex: framed(`a3 ${PING} ${ID_99} 62737a f93c00`), outcome: -22 },
  {
    name: "a number that could be shorter",
    hex: framed(`a2 626f70 190032 ${ID_99}`),
    outcome: -22,
  },
  { name: "a key that nobody knows", hex: framed(`a3 ${PING} ${ID_99} 617a 81f6`), outcome: 0 },
  {
    name: "a list that is too short",
    hex: framed(`a3 ${PING} ${ID_99} 656174696d65 8101`),
    outcome: -22,
  },
];

/** One step of a conversation: what is asked, and which fields of the answer vary. */
export interface Step {
  readonly name: string;
  readonly op: OperationName;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly varies?: readonly string[];
}

const step = (
  name: string,
  op: OperationName,
  fields: Step["fields"] = {},
  varies: readonly string[] = [],
): Step => ({ name, op, fields, varies });

/** A conversation that a client can be tried with. Handles are numbered from 1. */
export const CONVERSATION: readonly Step[] = [
  step("hello", "hello", { version: 2, features: ["notify"], name: "a sample" }, [
    "session",
    "token",
  ]),
  step("ping", "ping"),
  step("what is not there", "lookup", { path: "/a.txt" }),
  step("make a file", "create", { path: "/a.txt", mode: 0o600, plus: true }, ["attr"]),
  step("write", "write", { fh: 1, data: bytes("hello, world") }),
  step("write behind a hole", "write", { fh: 1, off: 100_000, data: bytes("!") }),
  step("read", "read", { fh: 1, off: 7, sz: 5 }),
  step("read at the end", "read", { fh: 1, off: 100_001, sz: 5 }),
  step("read more than is allowed", "read", { fh: 1, sz: 0x7fff_ffff }),
  step("find the hole", "seek", { fh: 1, whence: 4 }),
  step("shorten", "truncate", { fh: 1, off: 5 }),
  step("flush", "fsync", { fh: 1 }),
  step("lock", "lock", { fh: 1, type: 1, owner: "me", len: 10 }),
  step("nothing is in the own way", "getlock", { fh: 1, type: 1, owner: "me", len: 10 }),
  step("close", "release", { fh: 1 }),
  step("close again", "release", { fh: 1 }),
  step("use after that", "read", { fh: 1, sz: 1 }),
  step("make a directory", "mkdir", { path: "/d", mode: 0o755 }),
  step("make it again", "mkdir", { path: "/d", mode: 0o755 }),
  step("make a link", "symlink", { path: "/d/link", new_path: "../a.txt" }),
  step("read the link", "readlink", { path: "/d/link" }),
  step("links are not followed", "open", { path: "/d/link" }),
  step("another name", "link", { path: "/a.txt", new_path: "/d/b.txt" }),
  step("move", "rename", { path: "/a.txt", new_path: "/d/a.txt" }),
  step("move without replacing", "rename", { path: "/d/a.txt", new_path: "/d/b.txt", flags: 1 }),
  step("set an attribute", "setxattr", { path: "/d/a.txt", name: "user.k", data: bytes("v") }),
  step("list attributes", "listxattr", { path: "/d/a.txt" }),
  step("read an attribute", "getxattr", { path: "/d/a.txt", name: "user.k" }),
  step("read none", "getxattr", { path: "/d/a.txt", name: "user.none" }),
  step("open a directory", "opendir", { path: "/d" }),
  step("list it", "readdir", { fh: 2, sz: 10 }, ["page"]),
  step("open a file", "open", { path: "/d/a.txt" }),
  step("remove the tree", "removeall", { path: "/d" }),
  step("the open file is still there", "read", { fh: 3, sz: 100 }),
  step("a path that leaves the tree does not", "lookup", { path: "/../../d" }),
  step("cancel what is not there", "cancel", { target: 99 }),
  step("goodbye", "goodbye"),
];
