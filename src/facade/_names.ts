import { isDirectory, parentPath, S_PERM, VfsError } from "../fs/mod.ts";
import { call, hasCode } from "./_call.ts";
import { infoOf } from "./_attributes.ts";
import { FsError } from "./fs_error.ts";
import { permissions } from "./_open_flags.ts";
import { follow, followExisting, onName, type PathLike, pathText, type Tree } from "./_tree.ts";

/** Options of `mkdir`; a number is the mode. */
export interface MkdirOptions {
  /** Whether to make the directories above, too, and to be content with one that is there. */
  readonly recursive?: boolean | undefined;
  /** The permissions; default 0o777, less the umask. */
  readonly mode?: number | string | undefined;
}

/** Options of `rm`. */
export interface RmOptions {
  /** Whether it is fine if there is nothing. */
  readonly force?: boolean | undefined;
  /** Whether to remove directories, with everything below them. */
  readonly recursive?: boolean | undefined;
}

export function mkdir(
  tree: Tree,
  path: PathLike,
  options?: MkdirOptions | number | string | null,
): Promise<string | undefined> {
  const text = pathText(path);
  const { recursive = false, mode = 0o777 } = typeof options === "object"
    ? options ?? {}
    : { mode: options };
  const bits = permissions(mode) & ~tree.umask & S_PERM;
  return call("mkdir", text, async () => {
    if (recursive) return await mkdirAll(tree, text, bits);
    await makeOne(tree, text, bits);
  });
}

function makeOne(tree: Tree, text: string, mode: number): Promise<void> {
  const bare = text.replace(/(?<=.)\/+$/, "");
  return onName(tree, bare, (path) => tree.provider.mkdir(path, mode, tree.context));
}

/** Makes what is missing, from the top down, and gives the first that it made. */
async function mkdirAll(tree: Tree, text: string, mode: number): Promise<string | undefined> {
  const missing = [text.replace(/(?<=.)\/+$/, "")];
  let first: string | undefined;
  while (missing.length > 0) {
    const next = missing.at(-1)!;
    try {
      await makeOne(tree, next, mode);
      first ??= next;
    } catch (error) {
      if (hasCode(error, "ENOENT") && next !== "" && parentOf(next) !== next) {
        missing.push(parentOf(next));
        continue;
      }
      if (!hasCode(error, "EEXIST") && !hasCode(error, "EISDIR")) throw error;
      const { info } = await follow(tree, next);
      if (info === undefined || !isDirectory(info.mode)) {
        throw missing.length > 1 ? new VfsError("ENOTDIR", text) : error;
      }
    }
    missing.pop();
  }
  return first;
}

function parentOf(text: string): string {
  return text.includes("/") ? parentPath(text.replace(/\/+[^/]*$/, "/x")) : "/";
}

const MKDTEMP_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function mkdtemp(tree: Tree, prefix: PathLike): Promise<string> {
  const text = pathText(prefix);
  return call("mkdtemp", `${text}XXXXXX`, async () => {
    for (let attempt = 0;; attempt++) {
      const random = crypto.getRandomValues(new Uint8Array(6));
      const suffix = Array.from(random, (n) => MKDTEMP_CHARS[n % MKDTEMP_CHARS.length]).join("");
      try {
        await makeOne(tree, text + suffix, 0o700);
        return text + suffix;
      } catch (error) {
        if (!hasCode(error, "EEXIST") || attempt === 100) throw error;
      }
    }
  });
}

export function unlink(tree: Tree, path: PathLike): Promise<void> {
  const text = pathText(path);
  return call(
    "unlink",
    text,
    () => onName(tree, text, (clean) => tree.provider.unlink(clean, tree.context)),
  );
}

export function rmdir(tree: Tree, path: PathLike): Promise<void> {
  const text = pathText(path);
  return call(
    "rmdir",
    text,
    () => onName(tree, text, (clean) => tree.provider.rmdir(clean, tree.context)),
  );
}

export function rm(tree: Tree, path: PathLike, options: RmOptions = {}): Promise<void> {
  const text = pathText(path);
  return call("rm", text, async () => {
    try {
      const info = await infoOf(tree, text);
      if (isDirectory(info.mode) && options.recursive !== true) {
        throw new FsError(new VfsError("EISDIR"), "rm", text, undefined, "ERR_FS_EISDIR");
      }
      await onName(tree, text, (clean) => {
        return isDirectory(info.mode)
          ? tree.provider.removeAll(clean, tree.context)
          : tree.provider.unlink(clean, tree.context);
      });
    } catch (error) {
      if (options.force !== true || !hasCode(error, "ENOENT")) throw error;
    }
  });
}

export function rename(tree: Tree, from: PathLike, to: PathLike): Promise<void> {
  const [source, target] = [pathText(from), pathText(to)];
  return call(
    "rename",
    source,
    () =>
      onName(
        tree,
        source,
        (clean) =>
          onName(tree, target, (then) => tree.provider.rename(clean, then, 0, tree.context)),
      ),
    target,
  );
}

export function link(tree: Tree, existing: PathLike, path: PathLike): Promise<void> {
  const [source, target] = [pathText(existing), pathText(path)];
  return call(
    "link",
    source,
    () =>
      onName(
        tree,
        source,
        (clean) => onName(tree, target, (then) => tree.provider.link(clean, then, tree.context)),
      ),
    target,
  );
}

export function symlink(tree: Tree, target: PathLike, path: PathLike): Promise<void> {
  const [content, text] = [pathText(target), pathText(path)];
  return call(
    "symlink",
    content,
    () => onName(tree, text, (clean) => tree.provider.symlink(content, clean, tree.context)),
    text,
  );
}

export function readlink(tree: Tree, path: PathLike): Promise<string> {
  const text = pathText(path);
  return call(
    "readlink",
    text,
    () => onName(tree, text, (clean) => tree.provider.readlink(clean, tree.context)),
  );
}

export function realpath(tree: Tree, path: PathLike): Promise<string> {
  const text = pathText(path);
  return call("realpath", text, async () => (await followExisting(tree, text)).path);
}
