import {
  type Awaitable,
  cleanPath,
  type FileInfo,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  S_IFMT,
  S_PERM,
  VfsError,
} from "../../../fs/mod.ts";
import { makeLink, makeSymlink, renameTo } from "../../handlers/names.ts";
import { atPath, onPath } from "../../handlers/_paths.ts";
import { plain, plainAtPath } from "../../handlers/_plain.ts";
import type { Exchange2 } from "../exchange2.ts";
import { answerInfo, described } from "./_described.ts";
import type { Handler2 } from "./handler2.ts";

/** A handler that makes something at a path, as the request spells it, and describes it if asked to. */
/* @__NO_SIDE_EFFECTS__ */
function making(
  make: (exchange: Exchange2) => { readonly path: string; readonly done: Awaitable<unknown> },
): Handler2<FileInfo | undefined> {
  return {
    run(exchange) {
      const { path, done } = make(exchange);
      return described(exchange, path, done);
    },
    answer: answerInfo,
  };
}

/** `mkdir`: makes a directory. */
export const mkdir: Handler2<FileInfo | undefined> = making(({ provider, request, context }) => {
  const path = cleanPath(request.path);
  return { path, done: provider.mkdir(path, request.mode & S_PERM, context) };
});

/** `mkdirall`: makes a directory and those above it that are missing. */
export const mkdirall: Handler2<FileInfo | undefined> = making(
  ({ provider, request, context }) => {
    const path = cleanPath(request.path);
    return { path, done: provider.mkdirAll(path, request.mode & S_PERM, context) };
  },
);

const makeNode = /* @__PURE__ */ onPath(
  (path, { provider, request, context }: Exchange2) =>
    provider.mknod(path, request.mode & (S_IFMT | S_PERM), request.rdev, context),
  "ENOENT",
);

/** `mknod`: makes a fifo, a socket, a device or an empty file. */
export const mknod: Handler2<FileInfo | undefined> = making((exchange) => ({
  path: exchange.request.path,
  done: makeNode(exchange),
}));

/** `symlink`: makes a link at `path` that says `new_path`. */
export const symlink: Handler2<FileInfo | undefined> = making((exchange) => ({
  path: exchange.request.path,
  done: makeSymlink(exchange),
}));

/** `link`: gives a file another name. */
export const link: Handler2<FileInfo | undefined> = making((exchange) => ({
  path: exchange.request.new_path,
  done: makeLink(exchange),
}));

/** `rename`: gives another name. */
export const rename: Handler2<unknown> = /* @__PURE__ */ plain((exchange: Exchange2) => {
  const { request } = exchange;
  const { flags } = request;
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) !== 0) throw new VfsError("EINVAL");
  const to = cleanPath(request.new_path);
  return atPath(exchange, request.path, (from) => renameTo(to, from, exchange, flags));
});

/** `removeall`: removes a name and everything below it. */
export const removeall: Handler2<unknown> = /* @__PURE__ */ plainAtPath(
  (path, { provider, context }: Exchange2) => provider.removeAll(path, context),
);
