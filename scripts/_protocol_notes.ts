/** What the specification says of the tables of the protocol, beside what programs need of them. */
import type {
  OperationName,
  WireRequest2,
  WireResponse,
  WireResponse2,
} from "../src/protocol/mod.ts";

/** What the fields of requests mean. */
export const REQUEST_NOTES: Readonly<Record<keyof WireRequest2, string>> = {
  op: "which operation; always present",
  id: "the number of the request",
  path: "",
  new_path: "the other path, or the target of a link",
  fh: "a handle that the server gave",
  off: "where in the file; the new size",
  sz: "how many bytes, or entries",
  data: "bytes to write, or a value",
  flags: "open flags of Linux (generic ABI, as on x86-64), or those of the operation",
  mode: "POSIX bits",
  uid: "who asks: a claim, never an authority",
  gid: "the same",
  pid: "the same",
  plus: "whether attributes are wanted in the answer",
  mask: "setattr: what to set",
  size: "setattr: the new size",
  new_uid: "setattr: the new owner",
  new_gid: "setattr: the new group",
  atime: "setattr: the new access time",
  mtime: "setattr: the new modification time",
  name: "the name of an extended attribute, at most 255 bytes; hello: of the client",
  rdev: "mknod: the device, as Linux's `new_encode_dev` writes it",
  cursor: "readdir: where to go on; 0 is the beginning",
  whence: "seek: 3 for data, 4 for a hole",
  len: "a length",
  fh2: "copyrange: the handle to write to",
  off2: "copyrange: where to write",
  kind: "locks: 0 POSIX, 1 flock",
  type: "locks: 0 read, 1 write, 2 unlock",
  owner: "locks: whose",
  wait: "locks: whether to wait for those in the way",
  target: "cancel: which request",
  version: "hello: the highest version that the client speaks",
  features: "hello: what it knows beside the basics; unknown ones are ignored",
  max_frame:
    "hello: the longest frame body that it accepts, at least 16,384; 0: as long as the server likes",
  resume: "hello: how many milliseconds the server shall keep the session after a lost connection",
  session: "hello: the session to go on with",
  token: "hello: its secret",
};

/** What the fields of answers mean. */
export const RESPONSE_NOTES: Readonly<Record<keyof (WireResponse & WireResponse2), string>> = {
  id: "which request it answers; none in a notice",
  err: "0, or a negative errno of Linux; always present",
  stat: "the attributes",
  attr: "the attributes",
  data: "bytes",
  written: "how many bytes",
  fh: "the new handle",
  entries: "the listing",
  page: "a part of a directory",
  off: "what seek found",
  names: "the names of extended attributes",
  statfs: "the filesystem",
  lock: "the lock that is in the way",
  ttl: "how long answers may be cached, in milliseconds",
  changes: "what changed: only in notices",
  version: "hello: the version chosen, 2",
  features: "hello: what both ends may use from now on",
  max_frame: "hello: the longest frame body that the server accepts",
  max_read: "hello: the longest `sz` of a read",
  max_write: "hello: the longest `data` of a write",
  max_inflight: "hello: how many requests may be unanswered at a time",
  max_handles: "hello: how many handles the session may hold",
  max_path: "hello: the longest path, in bytes",
  session: "hello: the name of this session",
  token: "hello: the secret that proves that it is yours",
  resume:
    "hello: how long the server will keep it, in milliseconds; 0: it ends with the connection",
  resumed: "hello: whether this is the session that was asked for, with all that it held",
  readonly: "hello: whether every change is refused",
};

/** What an operation answers, and what it does. */
export interface OperationNote {
  /** The fields of the answer that it fills in version 1, beside `err`, if it is there. */
  readonly v1: string | undefined;
  /** Those that it fills in version 2, beside `id` and `err`. */
  readonly v2: string;
  /** What it does. */
  readonly does: string;
}

function says(v1: string | undefined, v2: string, does = ""): OperationNote {
  return { v1, v2, does };
}

/** What the operations answer in version 1 and in version 2, and what they do. */
export const OPERATION_NOTES: Readonly<Record<OperationName, OperationNote>> = {
  lookup: says("stat", "attr ttl", "describes what a path names"),
  getattr: says("stat", "attr ttl", "the same; by handle also of a file that has no name any more"),
  setattr: says("stat", "attr ttl", "version 1: chmod; version 2: see below"),
  read: says("data", "data", "short only at the end of the file"),
  write: says("written", "written", "short where space or a limit ends it"),
  create: says("stat fh", "attr fh ttl", "opens for reading and writing, creates or truncates"),
  mkdir: says("stat", "attr ttl"),
  unlink: says("", "", "EISDIR for a directory"),
  rmdir: says("", "", "ENOTDIR for anything else"),
  rename: says("", "", "replaces the new name; flags: 1 no replace (EEXIST), 2 exchange"),
  open: says("fh", "attr fh ttl", "opens, and with O_CREAT creates"),
  release: says("", "", "closes and gives back its locks; a second time does nothing"),
  readdir: says(
    "entries",
    "page",
    "by path the whole directory; by handle its next entries, at most `sz`",
  ),
  fsync: says("", ""),
  mkdirall: says("", "attr ttl", "with the missing directories above"),
  truncate: says("", "", "`off` is the new size"),
  symlink: says("", "attr ttl", "`path` is the link, `new_path` its target"),
  readlink: says("data", "data", "the target"),
  link: says("", "attr ttl", "`path` exists, `new_path` is made"),
  fsyncpath: says("", "", "fsync of what a path names"),
  hello: says(undefined, "", "see above"),
  opendir: says(undefined, "attr fh ttl", "a handle for readdir, getattr and fsync"),
  mknod: says(undefined, "attr ttl", "a fifo, a socket, a device or an empty file"),
  getxattr: says(undefined, "data", "ENODATA if there is none"),
  setxattr: says(undefined, "", "flags: 1 create (EEXIST), 2 replace (ENODATA)"),
  listxattr: says(undefined, "names"),
  removexattr: says(undefined, "", "ENODATA if there is none"),
  statfs: says(undefined, "statfs"),
  datasync: says(undefined, ""),
  allocate: says(undefined, "", "fallocate: `mode` holds its flags"),
  seek: says(
    undefined,
    "off",
    "the next data (3) or hole (4) at or after `off`; ENXIO if there is none",
  ),
  copyrange: says(undefined, "written", "copies from `fh` to `fh2`; may do less"),
  lock: says(undefined, "", "see below"),
  getlock: says(undefined, "lock", "see below"),
  removeall: says(undefined, "", "removes a tree; nothing there is fine"),
  subscribe: says(undefined, "", "see below"),
  unsubscribe: says(undefined, ""),
  cancel: says(undefined, "", "see above"),
  ping: says(undefined, "", "is answered at once"),
  goodbye: says(undefined, "", "ends the session; the server answers, then closes the connection"),
};
