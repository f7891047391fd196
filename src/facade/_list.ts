import { isDirectory, joinPath, VfsError } from "../fs/mod.ts";
import { call } from "./_call.ts";
import { Dir } from "./dir.ts";
import { Dirent } from "./dirent.ts";
import { followExisting, type PathLike, pathText, type Tree } from "./_tree.ts";

/** Options of `readdir`. */
export interface ReaddirOptions {
  /** Whether to give {@link Dirent} objects instead of names. */
  readonly withFileTypes?: boolean | undefined;
  /** Whether to list what is below, too. Links to directories are listed and not entered. */
  readonly recursive?: boolean | undefined;
  /** Only UTF-8 is there: names are text. */
  readonly encoding?: "utf8" | "utf-8" | null | undefined;
}

/** Options of `opendir`. */
export interface OpendirOptions {
  /** How many entries to ask the provider for at a time; default 32. */
  readonly bufferSize?: number | undefined;
  /** Whether to list what is below, too. */
  readonly recursive?: boolean | undefined;
}

export function readdir(
  tree: Tree,
  path: PathLike,
  options?: ReaddirOptions | string | null,
): Promise<string[] | Dirent[]> {
  const text = pathText(path);
  const { withFileTypes = false, recursive = false } = typeof options === "object"
    ? options ?? {}
    : {};
  return call("scandir", text, async () => {
    const { path: top } = await followExisting(tree, text);
    const found: { below: string; name: string; mode: number }[] = [];
    const directories = [""];
    // A list and not recursion: no depth of directories can overflow the stack.
    for (let i = 0; i < directories.length; i++) {
      const below = directories[i]!;
      const entries = await tree.provider.readDir(
        below === "" ? top : joinPath(top, below),
        false,
        tree.context,
      );
      for (const { name, mode } of entries) {
        found.push({ below, name, mode });
        if (recursive && isDirectory(mode)) {
          directories.push(below === "" ? name : `${below}/${name}`);
        }
      }
    }
    return withFileTypes
      ? found.map(({ below, name, mode }) => new Dirent(name, under(text, below), mode))
      : found.map(({ below, name }) => below === "" ? name : `${below}/${name}`);
  });
}

export function opendir(
  tree: Tree,
  path: PathLike,
  options: OpendirOptions = {},
): Promise<Dir> {
  const text = pathText(path);
  return call("opendir", text, async () => {
    const { path: top, info } = await followExisting(tree, text);
    if (!isDirectory(info.mode)) throw new VfsError("ENOTDIR", text);
    return new Dir(tree, text, top, await tree.provider.openDir(top, tree.context), options);
  });
}

/** The path of something below a directory, beginning as the caller spelled the directory. */
function under(text: string, below: string): string {
  if (below === "") return text;
  return text.endsWith("/") ? text + below : `${text}/${below}`;
}
