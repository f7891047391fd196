import {
  andThen,
  type Awaitable,
  cleanPath,
  type FileInfo,
  isDirectory,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  S_IFMT,
  S_PERM,
  VfsError,
} from "../../../fs/mod.ts";
import { atPath, namesDirectory } from "../../handlers/_paths.ts";
import { checkTarget } from "../../handlers/names.ts";
import type { Exchange2 } from "../exchange2.ts";
import { answerInfo, described, plain } from "./_described.ts";
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

/** `mknod`: makes a fifo, a socket, a device or an empty file. */
export const mknod: Handler2<FileInfo | undefined> = making((exchange) => {
  const { provider, request, context } = exchange;
  const mode = request.mode & (S_IFMT | S_PERM);
  const done = atPath(
    exchange,
    request.path,
    (path) => provider.mknod(path, mode, request.rdev, context),
    "ENOENT",
  );
  return { path: request.path, done };
});

/** `symlink`: makes a link at `path` that says `new_path`. */
export const symlink: Handler2<FileInfo | undefined> = making((exchange) => {
  const { provider, request, context } = exchange;
  const target = checkTarget(request.new_path);
  const done = atPath(
    exchange,
    request.path,
    (path) => provider.symlink(target, path, context),
    "ENOENT",
  );
  return { path: request.path, done };
});

/** `link`: gives a file another name. */
export const link: Handler2<FileInfo | undefined> = making((exchange) => {
  const { provider, request, context } = exchange;
  const done = atPath(
    exchange,
    request.path,
    (existing) =>
      atPath(
        exchange,
        request.new_path,
        (path) => provider.link(existing, path, context),
        "ENOENT",
      ),
  );
  return { path: request.new_path, done };
});

/** `rename`: gives another name. */
export const rename: Handler2<unknown> = plain((exchange) => {
  const { provider, request, context } = exchange;
  const { flags } = request;
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) !== 0) throw new VfsError("EINVAL");
  const to = cleanPath(request.new_path);
  return atPath(exchange, request.path, (from) => {
    if (!namesDirectory(request.new_path)) return provider.rename(from, to, flags, context);
    // Only a directory can have a name with a slash behind it.
    return andThen(provider.stat(from, context), (info) => {
      if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", request.new_path);
      return provider.rename(from, to, flags, context);
    });
  });
});

/** `removeall`: removes a name and everything below it. */
export const removeall: Handler2<unknown> = plain((exchange) =>
  atPath(
    exchange,
    exchange.request.path,
    (path) => exchange.provider.removeAll(path, exchange.context),
  )
);
