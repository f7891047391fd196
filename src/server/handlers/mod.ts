import { type OperationName, OPERATIONS } from "../../protocol/mod.ts";
import { getattr, setattr, truncate } from "./attributes.ts";
import { fsyncpath, readdir } from "./directories.ts";
import { create, fsync, open, read, release, write } from "./files.ts";
import type { Handler } from "./handler.ts";
import { link, mkdir, mkdirall, readlink, rename, rmdir, symlink, unlink } from "./names.ts";

// deno-lint-ignore no-explicit-any
type AnyHandler = Handler<any>;

const BY_NAME: Readonly<Record<OperationName, AnyHandler>> = {
  lookup: getattr,
  getattr,
  setattr,
  read,
  write,
  create,
  mkdir,
  unlink,
  rmdir,
  rename,
  open,
  release,
  readdir,
  fsync,
  mkdirall,
  truncate,
  symlink,
  readlink,
  link,
  fsyncpath,
};

/** The handlers of the operations, each at its number. */
export const HANDLERS: readonly (AnyHandler | undefined)[] = OPERATIONS.reduce<AnyHandler[]>(
  (handlers, { op, name }) => {
    handlers[op] = BY_NAME[name];
    return handlers;
  },
  [],
);
