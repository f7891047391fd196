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
import { atPath, namesDirectory, onPath } from "./_paths.ts";
import { plain, plainAtPath } from "./_plain.ts";
import type { Handler } from "./handler.ts";

/** The longest target of a symbolic link, in bytes: `PATH_MAX` without its NUL. */
const TARGET_MAX = 4095;

const utf8 = new TextEncoder();

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
export const mkdirall: Handler<unknown> = /* @__PURE__ */ plain((
  { provider, request, context }: Exchange,
) => provider.mkdirAll(cleanPath(request.path), request.mode & S_PERM, context));

/** `unlink`: removes a name that is not a directory's. */
export const unlink: Handler<unknown> = /* @__PURE__ */ plainAtPath(
  (path, { provider, context }: Exchange) => provider.unlink(path, context),
);

/** `rmdir`: removes an empty directory. */
export const rmdir: Handler<unknown> = /* @__PURE__ */ plainAtPath(
  (path, { provider, context }: Exchange) => provider.rmdir(path, context),
);

/** `rename`: gives another name, and replaces what has it. */
export const rename: Handler<unknown> = /* @__PURE__ */ plainAtPath(
  (from, exchange: Exchange) => renameTo(cleanPath(exchange.request.new_path), from, exchange, 0),
);

export function renameTo(
  to: string,
  from: string,
  { provider, request, context }: Exchange,
  flags: number,
): Awaitable<void> {
  if (!namesDirectory(request.new_path)) return provider.rename(from, to, flags, context);
  // Only a directory can have a name with a slash behind it.
  return andThen(provider.stat(from, context), (info) => {
    if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", request.new_path);
    return provider.rename(from, to, flags, context);
  });
}

/** `symlink`: makes a link at `path` that says `new_path`. */
export const symlink: Handler<unknown> = /* @__PURE__ */ plain(makeSymlink);

export function makeSymlink(exchange: Exchange): Awaitable<void> {
  const target = checkTarget(exchange.request.new_path);
  return atPath(
    exchange,
    exchange.request.path,
    (path, { provider, context }) => provider.symlink(target, path, context),
    "ENOENT",
  );
}

function checkTarget(target: string): string {
  if (target === "") throw new VfsError("ENOENT", '""');
  if (target.includes("\0")) throw new VfsError("EINVAL", JSON.stringify(target));
  if (utf8Length(target) > TARGET_MAX) throw new VfsError("ENAMETOOLONG", target);
  return target;
}

/** `readlink`: tells what a symbolic link says. */
export const readlink: Handler<string> = {
  run: /* @__PURE__ */ onPath((path, { provider, context }) => provider.readlink(path, context)),
  answer({ reply }, target) {
    if (typeof target !== "string" || !target.isWellFormed()) {
      throw new TypeError(`Cannot use the target ${String(target)}: it is not text`);
    }
    reply.bytes(utf8.encode(target));
  },
};

/** `link`: gives a file another name. */
export const link: Handler<unknown> = /* @__PURE__ */ plain(makeLink);

export function makeLink(exchange: Exchange): Awaitable<void> {
  return atPath(exchange, exchange.request.path, (existing) =>
    atPath(
      exchange,
      exchange.request.new_path,
      (path, { provider, context }) => provider.link(existing, path, context),
      "ENOENT",
    ));
}
