/**
 * Path patterns: Go's `filepath.Match`, and `**` for any number of names.
 *
 * @module
 */

import { CharClass } from "./_char_class.ts";
import { foldPath } from "./_fold.ts";
import { GlobError } from "./glob_error.ts";

/** One place in the pattern of a name: a character, a class of characters, `?` or `*`. */
type Token = string | CharClass | typeof ANY | typeof STAR;
const ANY = Symbol("?");
const STAR = Symbol("*");

/** One name of a pattern: `**`, a text that has to be equal, or tokens. */
type Name = typeof DEEP | string | readonly Token[];
const DEEP = Symbol("**");

/** The places of a pattern are bits of a number, and one is needed for the end. */
const MAX_NAMES = 30;

/** How to read a pattern. */
export interface GlobOptions {
  /** Whether upper and lower case are the same, as on some filesystems (default false). */
  readonly ignoreCase?: boolean;
}

/**
 * A path pattern, compiled once.
 *
 * `*` stands for any characters of one name, `?` for one character, `[a-z]` and `[^a-z]` for one of
 * a class, `\` takes the character after it literally; none of them ever matches a slash. A name
 * that is `**` stands for any number of names, also none: `/w/**` matches `/w`, `/w/a` and
 * `/w/a/b`. A pattern without a slash at its start matches at any depth: `.env*` matches `/.env`
 * and `/w/a/.env.local`.
 *
 * Matching takes time in proportion to the length of the path times that of the pattern, whatever
 * they are: no pattern and no path is catastrophic.
 *
 * @example
 * ```ts
 * import { Glob } from "@vfs/server/core";
 *
 * const secrets = new Glob("/w/secret/**");
 * console.log(secrets.matches("/w/secret/a/b")); // true
 * console.log(secrets.matches("/w/secrets")); // false
 * ```
 */
export class Glob {
  /** The pattern as it was given. */
  readonly pattern: string;
  readonly #names: readonly Name[];
  readonly #ignoreCase: boolean;
  /** The literal names at the start, as a path; empty if there are none. */
  readonly #prefix: string;
  readonly #prefixLength: number;
  readonly #accept: number;
  /** What a path must have in it to match, if that is known: found faster than it is matched. */
  readonly #needle: string;
  /** Whether the pattern is literal names and then `**`: below them all places are alike. */
  readonly #subtree: boolean;

  /**
   * Compiles a pattern.
   *
   * @param pattern The pattern.
   * @param options How to read it.
   * @throws {GlobError} If the pattern is malformed: empty, an unclosed class, a `\` at the end,
   * `**` beside other characters, `.` or `..` or an empty name, or more than 30 names.
   */
  constructor(pattern: string, options?: GlobOptions) {
    this.pattern = pattern;
    this.#ignoreCase = options?.ignoreCase ?? false;
    this.#names = parsePattern(this.#ignoreCase ? foldPath(pattern) : pattern);
    let literal = 0;
    while (typeof this.#names[literal] === "string") literal++;
    this.#prefix = this.#names.slice(0, literal).map((name) => `/${name as string}`).join("");
    this.#prefixLength = literal;
    this.#accept = 1 << this.#names.length;
    this.#needle = longestLiteral(this.#names.slice(literal));
    this.#subtree = literal === this.#names.length - 1 && this.#names[literal] === DEEP;
  }

  /** Whether every path matches. */
  get universal(): boolean {
    return this.#names.length === 1 && this.#names[0] === DEEP;
  }

  /**
   * Tells whether a path matches.
   *
   * @param path A clean path.
   * @returns Whether the whole path matches the whole pattern.
   */
  matches(path: string): boolean {
    if (this.#ignoreCase) path = foldPath(path);
    if (!path.includes(this.#needle)) return false;
    return (this.#placesOf(path) & this.#accept) !== 0;
  }

  /**
   * Gives what all matching paths have in common, as the source of a regular expression: how they
   * begin, and what they have in them. Those of many patterns make one expression, which tells from
   * them all a path that none of them matches, in the time of one.
   *
   * @returns The source, or `undefined` if upper and lower case are the same.
   */
  outline(): string | undefined {
    if (this.#ignoreCase) return undefined;
    const needle = escapeRegExp(this.#needle);
    if (this.#prefix === "") return needle;
    return `^${escapeRegExp(this.#prefix)}(?![^/])${needle === "" ? "" : `(?=[^]*${needle})`}`;
  }

  /**
   * Gives the places of the pattern that a path leads to, as bits of a number. Two directories with
   * equal places are alike to the pattern: whatever is below them matches in both or in neither.
   *
   * @param path A clean path.
   * @returns The places; 0 if neither the path nor anything below it can match.
   */
  placesAt(path: string): number {
    return this.#placesOf(this.#ignoreCase ? foldPath(path) : path);
  }

  #placesOf(path: string): number {
    const prefix = this.#prefix;
    if (!path.startsWith(prefix)) return this.#placesInPrefix(path);
    // The prefix has to end where a name ends.
    if (path.length > prefix.length && path.charCodeAt(prefix.length) !== 0x2f) return 0;
    let places = this.#from(this.#prefixLength);
    if (this.#subtree) return places;
    let start = prefix.length + 1;
    while (start < path.length && places !== 0) {
      let end = path.indexOf("/", start);
      if (end < 0) end = path.length;
      places = this.#step(places, path.slice(start, end));
      start = end + 1;
    }
    return places;
  }

  /**
   * Tells whether something below a directory can match.
   *
   * @param path A clean path.
   * @returns False only if nothing below it matches, whatever it is called.
   */
  mayMatchBelow(path: string): boolean {
    return (this.placesAt(path) & ~this.#accept) !== 0;
  }

  /** Above the end of the prefix there is one place: that of the next literal name. */
  #placesInPrefix(path: string): number {
    if (path === "/") return 1;
    if (!this.#prefix.startsWith(path) || this.#prefix.charCodeAt(path.length) !== 0x2f) return 0;
    let depth = 0;
    for (let i = path.indexOf("/"); i >= 0; i = path.indexOf("/", i + 1)) depth++;
    return 1 << depth;
  }

  /** The place before a name, and those behind it where `**` stands for nothing. */
  #from(index: number): number {
    let places = 1 << index;
    while (this.#names[index] === DEEP) places |= 1 << ++index;
    return places;
  }

  #step(places: number, name: string): number {
    let next = 0;
    for (let i = 0; i < this.#names.length; i++) {
      if ((places & (1 << i)) === 0) continue;
      const pattern = this.#names[i]!;
      if (pattern === DEEP) next |= this.#from(i);
      else if (matchesName(pattern, name)) next |= this.#from(i + 1);
    }
    return next;
  }
}

/** The longest beginning of a name that is literal, with the slash before it. */
function longestLiteral(names: readonly Name[]): string {
  let longest = "";
  for (const name of names) {
    if (name === DEEP) continue;
    let literal = "/";
    for (const token of name) {
      if (typeof token !== "string") break;
      literal += token;
    }
    if (literal.length > longest.length) longest = literal;
  }
  return longest;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function parsePattern(pattern: string): Name[] {
  if (pattern === "") throw new GlobError(pattern, "it is empty");
  const absolute = pattern.startsWith("/");
  const names: Name[] = absolute ? [] : [DEEP];
  if (pattern === "/") return names;
  for (const text of splitNames(absolute ? pattern.slice(1) : pattern)) {
    if (text === "**") {
      if (names.at(-1) !== DEEP) names.push(DEEP);
    } else {
      names.push(parseName(text, pattern));
    }
  }
  if (names.length > MAX_NAMES) throw new GlobError(pattern, `it has more than ${MAX_NAMES} names`);
  return names;
}

/** Splits at slashes, also at escaped ones: a slash means the same either way. */
function splitNames(text: string): string[] {
  return text.replaceAll(/\\([\s\S])/g, (escape, next: string) => next === "/" ? "/" : escape)
    .split("/");
}

function parseName(text: string, pattern: string): string | Token[] {
  if (text === "") throw new GlobError(pattern, "it has an empty name");
  if (text === "." || text === "..") {
    throw new GlobError(pattern, `no path has the name ${JSON.stringify(text)}`);
  }
  if (text.includes("**")) throw new GlobError(pattern, "** has to be a whole name");
  const tokens: Token[] = [];
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === "*") {
      tokens.push(STAR);
    } else if (character === "?") {
      tokens.push(ANY);
    } else if (character === "[") {
      const end = CharClass.parse(characters, i, pattern);
      tokens.push(end.charClass);
      i = end.last;
    } else if (character === "\\") {
      const next = characters[++i];
      if (next === undefined) throw new GlobError(pattern, "it ends with a backslash");
      tokens.push(next);
    } else {
      tokens.push(character);
    }
  }
  const literal = tokens.every((token) => typeof token === "string");
  return literal ? tokens.join("") : tokens;
}

/**
 * Matches greedily and goes back to the last `*` only: what an earlier one matched never has to
 * change, because the part between two stars was found at its first occurrence.
 */
function matchesName(pattern: Exclude<Name, typeof DEEP>, name: string): boolean {
  if (typeof pattern === "string") return pattern === name;
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < name.length) {
    const code = name.codePointAt(at)!;
    const width = code > 0xffff ? 2 : 1;
    if (pattern[token] === STAR) {
      starToken = token++;
      starAt = at;
    } else if (token < pattern.length && matchesToken(pattern[token]!, code)) {
      token++;
      at += width;
    } else if (starToken >= 0) {
      starAt += name.codePointAt(starAt)! > 0xffff ? 2 : 1;
      at = starAt;
      token = starToken + 1;
    } else {
      return false;
    }
  }
  while (pattern[token] === STAR) token++;
  return token === pattern.length;
}

function matchesToken(token: Token, code: number): boolean {
  if (typeof token === "string") return token.codePointAt(0) === code;
  return token === ANY || (token instanceof CharClass && token.has(code));
}
