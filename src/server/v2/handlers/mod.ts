import type { OperationName } from "../../../protocol/mod.ts";
import { byNumber } from "../../_by_number.ts";
import { getattr as lookup, truncate } from "../../handlers/attributes.ts";
import { fsyncpath } from "../../handlers/directories.ts";
import { release, write } from "../../handlers/files.ts";
import { readlink, rmdir, unlink } from "../../handlers/names.ts";
import { getattr, setattr } from "./attributes.ts";
import { readdir } from "./directories.ts";
import * as files from "./files.ts";
import type { Handler2 } from "./handler2.ts";
import { getlock, lock } from "./locks.ts";
import { link, mkdir, mkdirall, mknod, removeall, rename, symlink } from "./names.ts";
import { getxattr, listxattr, removexattr, setxattr, statfs } from "./xattrs.ts";

// deno-lint-ignore no-explicit-any
type AnyHandler = Handler2<any>;

/** The operations that sessions see to themselves. */
export type SessionOperation =
  | "hello"
  | "subscribe"
  | "unsubscribe"
  | "cancel"
  | "ping"
  | "goodbye";

const BY_NAME: Readonly<Record<Exclude<OperationName, SessionOperation>, AnyHandler>> = {
  lookup,
  getattr,
  setattr,
  read: files.read,
  write,
  create: files.create,
  mkdir,
  unlink,
  rmdir,
  rename,
  open: files.open,
  release,
  readdir,
  fsync: files.fsync,
  mkdirall,
  truncate,
  symlink,
  readlink,
  link,
  fsyncpath,
  opendir: files.opendir,
  mknod,
  getxattr,
  setxattr,
  listxattr,
  removexattr,
  statfs,
  datasync: files.datasync,
  allocate: files.allocate,
  seek: files.seek,
  copyrange: files.copyrange,
  lock,
  getlock,
  removeall,
};

/** The handlers of version 2, each at the number of its operation. */
export const HANDLERS_2: readonly (AnyHandler | undefined)[] = /* @__PURE__ */ byNumber(BY_NAME);
