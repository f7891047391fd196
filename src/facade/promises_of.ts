import { HOST_CONTEXT, type OpContext, type Provider } from "../fs/mod.ts";
import * as attributes from "./_attributes.ts";
import { cp } from "./_cp.ts";
import * as files from "./_files.ts";
import * as list from "./_list.ts";
import * as names from "./_names.ts";
import * as streams from "./_streams.ts";
import type { Tree } from "./_tree.ts";
import { watch } from "./_watch.ts";
import { FS_CONSTANTS } from "./constants.ts";
import type { VfsPromises } from "./vfs_promises.ts";

/** Options of {@link promisesOf}. */
export interface PromisesOptions {
  /** On whose behalf the provider is asked; default {@link HOST_CONTEXT}. */
  readonly context?: OpContext;
  /** The permissions that new files and directories do not get; default 0o022. */
  readonly umask?: number;
}

/**
 * Gives a tree of files the shape of `node:fs/promises`, so that programs and libraries written for
 * that work on it unchanged.
 *
 * @param provider The tree, local or remote.
 * @param options On whose behalf, and with what umask.
 * @returns The functions.
 *
 * @example
 * ```ts
 * import { MemoryProvider, promisesOf } from "@vfs/server/core";
 *
 * const { mkdir, readFile, symlink, writeFile } = promisesOf(new MemoryProvider());
 * await mkdir("/a/b", { recursive: true });
 * await writeFile("/a/b/c.txt", "hello");
 * await symlink("b/c.txt", "/a/link");
 * console.log(await readFile("/a/link", "utf8")); // "hello"
 * ```
 */
export function promisesOf(provider: Provider, options: PromisesOptions = {}): VfsPromises {
  const { context = HOST_CONTEXT, umask = 0o022 } = options;
  const tree: Tree = { provider, context, umask };
  const functions = {
    access: bound(tree, attributes.access),
    appendFile: bound(tree, files.appendFile),
    chmod: bound(tree, attributes.chmod),
    chown: bound(tree, attributes.chown),
    copyFile: bound(tree, files.copyFile),
    cp: bound(tree, cp),
    lchown: bound(tree, attributes.lchown),
    link: bound(tree, names.link),
    lstat: bound(tree, attributes.lstat),
    lutimes: bound(tree, attributes.lutimes),
    mkdir: bound(tree, names.mkdir),
    mkdtemp: bound(tree, names.mkdtemp),
    open: bound(tree, files.open),
    opendir: bound(tree, list.opendir),
    readdir: bound(tree, list.readdir),
    readFile: bound(tree, files.readFile),
    readlink: bound(tree, names.readlink),
    realpath: bound(tree, names.realpath),
    rename: bound(tree, names.rename),
    rm: bound(tree, names.rm),
    rmdir: bound(tree, names.rmdir),
    stat: bound(tree, attributes.stat),
    statfs: bound(tree, attributes.statfs),
    symlink: bound(tree, names.symlink),
    truncate: bound(tree, attributes.truncate),
    unlink: bound(tree, names.unlink),
    utimes: bound(tree, attributes.utimes),
    writeFile: bound(tree, files.writeFile),
    readableStream: bound(tree, streams.readableStream),
    writableStream: bound(tree, streams.writableStream),
  };
  return {
    ...functions,
    constants: FS_CONSTANTS,
    watch: (path, watchOptions) => watch(tree, path, watchOptions),
    // What comes back depends on the options in ways that only overloads can say.
  } as VfsPromises;
}

/**
 * Puts the tree before the other arguments. An argument that is wrong rejects the promise, as in
 * Node, instead of throwing at once.
 */
function bound<Args extends unknown[], Result>(
  tree: Tree,
  run: (tree: Tree, ...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  // deno-lint-ignore require-await
  return async (...args) => run(tree, ...args);
}
