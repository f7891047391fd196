import {
  andThen,
  type Awaitable,
  cleanPath,
  type FileInfo,
  isDirectory,
  S_PERM,
  utf8Length,
  VfsError,
} from "../../fs/mod.ts";
import type { Exchange } from "../exchange.ts";
import { atPath, namesDirectory } from "./_paths.ts";
import type { Handler } from "./handler.ts";

/** The longest target of a symbolic link, in bytes: `PATH_MAX` without its NUL. */
const TARGET_MAX = 4095;

const utf8 = new TextEncoder();

function ok({ reply }: Exchange): void {
  reply.ok();
}

/** `mkdir`: makes a directory, and describes it unless it is gone again. */
export const mkdir: Handler<FileInfo | undefined> = {
  run(exchange) {
    const { provider, request, context } = exchange;
    const path = cleanPath(request.path);
    return andThen(
      provider.mkdir(path, request.mode & S_PERM, context),
      () => provider.lookup(path, context),
    );
  },
  answer: ({ reply }, info) => reply.stat(info),
};

/** `mkdirall`: makes a directory and those above it that are missing. */
export const mkdirall: Handler<void> = {
  run: ({ provider, request, context }) =>
    provider.mkdirAll(cleanPath(request.path), request.mode & S_PERM, context),
  answer: ok,
};

/** `unlink`: removes a name that is not a directory's. */
export const unlink: Handler<void> = {
  run: (exchange) =>
    atPath(
      exchange,
      exchange.request.path,
      (path, { provider, context }) => provider.unlink(path, context),
    ),
  answer: ok,
};

/** `rmdir`: removes an empty directory. */
export const rmdir: Handler<void> = {
  run: (exchange) =>
    atPath(
      exchange,
      exchange.request.path,
      (path, { provider, context }) => provider.rmdir(path, context),
    ),
  answer: ok,
};

/** `rename`: gives another name, and replaces what has it. */
export const rename: Handler<void> = {
  run: (exchange) => atPath(exchange, exchange.request.path, renameFrom),
  answer: ok,
};

function renameFrom(from: string, { provider, request, context }: Exchange): Awaitable<void> {
  const to = cleanPath(request.new_path);
  if (!namesDirectory(request.new_path)) return provider.rename(from, to, 0, context);
  // Only a directory can have a name with a slash behind it.
  return andThen(provider.stat(from, context), (info) => {
    if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", request.new_path);
    return provider.rename(from, to, 0, context);
  });
}

/** `symlink`: makes a link at `path` that says `new_path`. */
export const symlink: Handler<void> = {
  run(exchange) {
    const target = checkTarget(exchange.request.new_path);
    return atPath(
      exchange,
      exchange.request.path,
      (path, { provider, context }) => provider.symlink(target, path, context),
      "ENOENT",
    );
  },
  answer: ok,
};

export function checkTarget(target: string): string {
  if (target === "") throw new VfsError("ENOENT", '""');
  if (target.includes("\0")) throw new VfsError("EINVAL", JSON.stringify(target));
  if (utf8Length(target) > TARGET_MAX) throw new VfsError("ENAMETOOLONG", target);
  return target;
}

/** `readlink`: tells what a symbolic link says. */
export const readlink: Handler<string> = {
  run: (exchange) =>
    atPath(
      exchange,
      exchange.request.path,
      (path, { provider, context }) => provider.readlink(path, context),
    ),
  answer({ reply }, target) {
    if (typeof target !== "string" || !target.isWellFormed()) {
      throw new TypeError(`Cannot use the target ${String(target)}: it is not text`);
    }
    reply.bytes(utf8.encode(target));
  },
};

/** `link`: gives a file another name. */
export const link: Handler<void> = {
  run: (exchange) =>
    atPath(exchange, exchange.request.path, (existing) =>
      atPath(
        exchange,
        exchange.request.new_path,
        (path, { provider, context }) => provider.link(existing, path, context),
        "ENOENT",
      )),
  answer: ok,
};
