/**
 * Trees of files written down as object literals, for `MemoryProvider.from`.
 *
 * @module
 */

import type { TimeChange } from "../../fs/mod.ts";

/**
 * The content of a directory: what each name stands for. A key may hold several names with slashes
 * between them; directories that are missing are made, with the permissions 0o755.
 *
 * A text or bytes stand for a file with the permissions 0o644, an object for a directory with
 * 0o755; {@link file}, {@link directory} and {@link symlink} say more.
 */
export interface MemoryTree {
  /** What a name stands for. */
  readonly [name: string]: string | Uint8Array | MemoryNode | MemoryTree;
}

/** What {@link file}, {@link directory} and {@link symlink} describe. */
export class MemoryNode {
  /** A file's content, a directory's, or where a link points to. */
  readonly content:
    | { readonly data: string | Uint8Array }
    | { readonly tree: MemoryTree }
    | { readonly target: string };
  /** Owner, permissions and the like. */
  readonly attributes: MemoryNodeAttributes;

  /**
   * Describes something; {@link file}, {@link directory} and {@link symlink} do it with less ado.
   *
   * @param content What it holds.
   * @param attributes Owner, permissions and the like.
   */
  constructor(content: MemoryNode["content"], attributes: MemoryNodeAttributes) {
    this.content = content;
    this.attributes = attributes;
  }
}

/** What can be said of a file, a directory or a link beside its content. */
export interface MemoryNodeAttributes {
  /** The permissions; 0o644 for a file and 0o755 for a directory unless said. A link has none. */
  readonly mode?: number;
  /** The owner; 0 unless said. */
  readonly uid?: number;
  /** The group; 0 unless said. */
  readonly gid?: number;
  /** When it was last read. */
  readonly atime?: TimeChange;
  /** When it was last changed. */
  readonly mtime?: TimeChange;
  /** Extended attributes by name. */
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
}

/**
 * Describes a file.
 *
 * @param data Its content; text becomes UTF-8.
 * @param attributes Owner, permissions and the like.
 * @returns What to put into a {@link MemoryTree}.
 *
 * @example
 * ```ts
 * import { file, MemoryProvider } from "@vfs/server/core";
 *
 * const files = MemoryProvider.from({ "run": file("#!/bin/sh\n", { mode: 0o755, uid: 1000 }) });
 * console.log(files.stat("/run").uid); // 1000
 * ```
 */
export function file(data: string | Uint8Array, attributes: MemoryNodeAttributes = {}): MemoryNode {
  return new MemoryNode({ data }, attributes);
}

/**
 * Describes a directory.
 *
 * @param tree What it holds.
 * @param attributes Owner, permissions and the like.
 * @returns What to put into a {@link MemoryTree}.
 *
 * @example
 * ```ts
 * import { directory, MemoryProvider } from "@vfs/server/core";
 *
 * const files = MemoryProvider.from({ "tmp": directory({}, { mode: 0o1777 }) });
 * console.log((files.stat("/tmp").mode & 0o7777).toString(8)); // "1777"
 * ```
 */
export function directory(tree: MemoryTree, attributes: MemoryNodeAttributes = {}): MemoryNode {
  return new MemoryNode({ tree }, attributes);
}

/**
 * Describes a symbolic link.
 *
 * @param target What it says.
 * @param attributes Owner and times.
 * @returns What to put into a {@link MemoryTree}.
 *
 * @example
 * ```ts
 * import { MemoryProvider, symlink } from "@vfs/server/core";
 *
 * console.log(MemoryProvider.from({ "latest": symlink("v2") }).readlink("/latest")); // "v2"
 * ```
 */
export function symlink(target: string, attributes: MemoryNodeAttributes = {}): MemoryNode {
  return new MemoryNode({ target }, attributes);
}
