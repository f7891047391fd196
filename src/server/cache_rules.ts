import { cleanPath, isWithin } from "../fs/mod.ts";
import type { Lifetimes } from "../protocol/mod.ts";

/** How long clients of version 2 may use what they were told without asking again. */
export interface CacheOptions extends Partial<Lifetimes> {
  /** Rules for parts of the tree, by path; the longest path counts. */
  readonly mounts?: Readonly<Record<string, Partial<Lifetimes>>>;
}

/** Names and attributes for a second, absences not at all: what FUSE filesystems do. */
const DEFAULT: Lifetimes = { entry: 1000, attr: 1000, negative: 0 };

/** The longest lifetime: it has to fit into a `u32`. */
const LONGEST = 0xffff_ffff;

/** The rules of a server. */
export class CacheRules {
  /** The rule where no other is given. */
  readonly common: Lifetimes;
  readonly #mounts: readonly { readonly path: string; readonly lifetimes: Lifetimes }[];

  /**
   * @param options The lifetimes, in milliseconds.
   * @throws {RangeError} A lifetime is negative or not a number.
   */
  constructor(options: CacheOptions = {}) {
    this.common = complete(options, DEFAULT);
    this.#mounts = Object.entries(options.mounts ?? {})
      .map(([path, rule]) => ({ path: cleanPath(path), lifetimes: complete(rule, this.common) }))
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** Whether there are rules for parts of the tree. */
  get hasMounts(): boolean {
    return this.#mounts.length > 0;
  }

  /**
   * Finds the rule for a path, if it is not the common one.
   *
   * @param path A path as it came from the wire.
   */
  of(path: string): Lifetimes | undefined {
    const rule = this.#mounts.find((mount) => isWithin(path, mount.path));
    return rule?.lifetimes;
  }
}

function complete(rule: Partial<Lifetimes>, fallback: Lifetimes): Lifetimes {
  const { entry = fallback.entry, attr = fallback.attr, negative = fallback.negative } = rule;
  for (const [name, value] of Object.entries({ entry, attr, negative })) {
    if (!(value >= 0)) throw new RangeError(`Cannot cache (${name}) for ${value} ms`);
  }
  return { entry: bounded(entry), attr: bounded(attr), negative: bounded(negative) };
}

function bounded(milliseconds: number): number {
  return Math.min(Math.floor(milliseconds), LONGEST);
}
