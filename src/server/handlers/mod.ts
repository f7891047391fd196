import type { OperationName1 } from "../../protocol/mod.ts";
import { byNumber } from "../_by_number.ts";
import { getattr, setattr, truncate } from "./attributes.ts";
import { fsyncpath, readdir } from "./directories.ts";
import { create, fsync, open, read, release, write } from "./files.ts";
import type { Handler } from "./handler.ts";
import { link, mkdir, mkdirall, readlink, rename, rmdir, symlink, unlink } from "./names.ts";

// deno-lint-ignore no-explicit-any
type AnyHandler = Handler<any>;

const BY_NAME: Readonly<Record<OperationName1, AnyHandler>> = {
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

/** The handlers of version 1, each at the number of its operation. */
export const HANDLERS: readonly (AnyHandler | undefined)[] = /* @__PURE__ */ byNumber(BY_NAME);
