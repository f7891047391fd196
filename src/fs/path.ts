/**
 * Paths as providers get them: absolute, with `/` between the names, never `.`, `..` or an empty
 * name in them, never a slash at the end (but for the root, `/`).
 *
 * A path is text. Names that are not valid UTF-8 do not exist here (EILSEQ).
 *
 * @module
 */

import { VfsError } from "./error.ts";

/** The longest name, in bytes of UTF-8 (`NAME_MAX`). */
export const NAME_MAX = 255;

const SLASH = 0x2f;
const DOT = 0x2e;

/** A name of at most this many UTF-16 units cannot have more than NAME_MAX bytes: 3 bytes each. */
const SURELY_SHORT = Math.floor(NAME_MAX / 3);

/**
 * Gives the one spelling of a path that providers accept.
 *
 * It works on the text alone, as Go's `path.Clean` does: `..` removes the name before it and stops
 * at the root, so no spelling leaves the tree. A path without a leading slash counts from the root.
 *
 * @param path Any text.
 * @returns The clean path; the same string if it was clean already.
 * @throws {VfsError} ENOENT for the empty text, EINVAL for a NUL, EILSEQ for text that UTF-8 cannot
 * carry (a lone surrogate), ENAMETOOLONG for a name of more than {@link NAME_MAX} bytes.
 *
 * @example
 * ```ts
 * import { cleanPath } from "@vfs/server/core";
 *
 * console.log(cleanPath("/a//b/../c/")); // "/a/c"
 * console.log(cleanPath("/../../etc")); // "/etc"
 * ```
 */
export function cleanPath(path: string): string {
  return isPlainPath(path) ? path : cleanSlowly(path);
}

/** Whether a path is clean beyond doubt. False only means that it has to be looked at closely. */
function isPlainPath(path: string): boolean {
  const length = path.length;
  if (length < 2) return path === "/";
  if (path.charCodeAt(0) !== SLASH || path.charCodeAt(length - 1) === SLASH) return false;
  let start = 1;
  for (let i = 1; i < length; i++) {
    const unit = path.charCodeAt(i);
    if (unit === SLASH) {
      if (i === start || i - start > SURELY_SHORT) return false;
      start = i + 1;
    } else if (unit === 0 || (unit & 0xf800) === 0xd800) {
      return false;
    } else if (unit === DOT && i === start && startsDotName(path, i)) {
      return false;
    }
  }
  return length - start <= SURELY_SHORT;
}

/** Whether the name at `start`, which begins with a dot, is `.` or `..`. */
function startsDotName(path: string, start: number): boolean {
  let end = start + 1;
  if (path.charCodeAt(end) === DOT) end++;
  return end === path.length || path.charCodeAt(end) === SLASH;
}

function cleanSlowly(path: string): string {
  if (path === "") throw new VfsError("ENOENT", '""');
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      names.pop();
    } else {
      checkName(name);
      names.push(name);
    }
  }
  return `/${names.join("/")}`;
}

/**
 * Refuses a text that cannot be the name of a directory entry.
 *
 * @param name The name to check.
 * @throws {VfsError} ENOENT for the empty name, EINVAL for a NUL, a slash, `.` or `..`, EILSEQ for
 * a lone surrogate, ENAMETOOLONG for more than {@link NAME_MAX} bytes.
 *
 * @example
 * ```ts
 * import { checkName } from "@vfs/server/core";
 *
 * checkName("a.txt"); // fine
 * ```
 */
export function checkName(name: string): void {
  if (name === "") throw new VfsError("ENOENT", '""');
  if (name === "." || name === ".." || name.includes("\0") || name.includes("/")) {
    throw new VfsError("EINVAL", JSON.stringify(name));
  }
  if (!name.isWellFormed()) throw new VfsError("EILSEQ", JSON.stringify(name));
  if (name.length > SURELY_SHORT && utf8Length(name) > NAME_MAX) {
    throw new VfsError("ENAMETOOLONG", name);
  }
}

/**
 * Counts the bytes of a text in UTF-8.
 *
 * @param text Any text; a lone surrogate counts as 3 bytes.
 * @returns The number of bytes.
 *
 * @example
 * ```ts
 * import { utf8Length } from "@vfs/server/core";
 *
 * console.log(utf8Length("ü")); // 2
 * ```
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A pair of surrogates is two units and four bytes: one more for each of the two.
    bytes += unit < 0x800 || (isPairAt(text, i) || isPairAt(text, i - 1)) ? 1 : 2;
  }
  return bytes;
}

function isPairAt(text: string, i: number): boolean {
  return (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
}

/**
 * Splits a clean path into its names.
 *
 * @param path A clean path.
 * @returns The names from the root down; none for the root itself.
 *
 * @example
 * ```ts
 * import { splitPath } from "@vfs/server/core";
 *
 * console.log(splitPath("/a/b")); // ["a", "b"]
 * ```
 */
export function splitPath(path: string): string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

/**
 * Puts a name behind a clean path.
 *
 * @param directory A clean path.
 * @param name One name, or several with slashes between them.
 * @returns The clean path of that name in that directory.
 *
 * @example
 * ```ts
 * import { joinPath } from "@vfs/server/core";
 *
 * console.log(joinPath("/", "a"), joinPath("/a", "b")); // "/a" "/a/b"
 * ```
 */
export function joinPath(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/**
 * Gives the directory that holds what a clean path names.
 *
 * @param path A clean path.
 * @returns The path without its last name; `/` for the root.
 *
 * @example
 * ```ts
 * import { parentPath } from "@vfs/server/core";
 *
 * console.log(parentPath("/a/b"), parentPath("/a")); // "/a" "/"
 * ```
 */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

/**
 * Gives the last name of a clean path.
 *
 * @param path A clean path.
 * @returns The name; empty for the root.
 *
 * @example
 * ```ts
 * import { baseName } from "@vfs/server/core";
 *
 * console.log(baseName("/a/b")); // "b"
 * ```
 */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Tells whether a path is a directory itself or lies below it, name by name.
 *
 * @param path A clean path.
 * @param directory A clean path.
 * @returns Whether `path` lies in the tree that begins at `directory`.
 *
 * @example
 * ```ts
 * import { isWithin } from "@vfs/server/core";
 *
 * console.log(isWithin("/a/b", "/a"), isWithin("/ab", "/a")); // true false
 * ```
 */
export function isWithin(path: string, directory: string): boolean {
  if (directory === "/") return true;
  return path.startsWith(directory) &&
    (path.length === directory.length || path.charCodeAt(directory.length) === SLASH);
}
