import type { Provider } from "./provider.ts";

/** Something in a tree that is not what it was. */
export interface Change {
  /**
   * What changed:
   * - `entry`: the name came, went, or stands for something else;
   * - `inode`: the content or the attributes of what the path names;
   * - `tree`: anything at the path or below it.
   */
  readonly kind: "entry" | "inode" | "tree";
  /** The clean path of what changed. */
  readonly path: string;
  /** The inode number of what changed, where it is known. */
  readonly ino?: bigint;
}

/** The ability of a provider to tell that its tree changes, whoever changes it. */
export interface Watchable {
  /**
   * Tells of changes at a path and below it, until the returned function is called.
   *
   * A provider may tell of more than what happened (`tree` for what it did not follow closely), and
   * never of less.
   *
   * @param path A clean path; it does not have to exist.
   * @param listener Is called after each change. It returns at once and never throws.
   * @returns Ends it; calling it again does nothing.
   */
  watch(path: string, listener: (change: Change) => void): () => void;
}

/** The ability of a provider from which something is hidden to keep it hidden when it changes. */
export interface Discreet {
  /**
   * Says what may be told, to whoever uses the provider, of a change that one of them made.
   *
   * @param change The change, in the provider's paths.
   * @returns The change, another that says less, or `undefined` for nothing.
   */
  tellable(change: Change): Change | undefined;
}

/**
 * What a provider lets be told of a change: the change itself, unless it is {@link Discreet}.
 *
 * @param provider Any provider.
 * @param change A change in it.
 * @returns What may be told.
 *
 * @example
 * ```ts
 * import { MemoryProvider, tellableOf } from "@vfs/server/core";
 *
 * console.log(tellableOf(new MemoryProvider(), { kind: "entry", path: "/a" })?.path); // "/a"
 * ```
 */
export function tellableOf(provider: Provider, change: Change): Change | undefined {
  const { tellable } = provider as Partial<Discreet>;
  return tellable === undefined ? change : tellable.call(provider, change);
}

/**
 * Tells whether a provider reports changes.
 *
 * @param provider Any provider.
 * @returns Whether it has {@link Watchable.watch}.
 *
 * @example
 * ```ts
 * import { isWatchable, type Provider } from "@vfs/server/core";
 *
 * function follow(provider: Provider): void {
 *   if (isWatchable(provider)) provider.watch("/", (change) => console.log(change.path));
 * }
 * console.log(typeof follow); // "function"
 * ```
 */
export function isWatchable(provider: Provider): provider is Provider & Watchable {
  return typeof (provider as Partial<Watchable>).watch === "function";
}
