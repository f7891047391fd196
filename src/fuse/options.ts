import { PAGE } from "./_abi.ts";

/** How a {@link FuseSession} serves. Times are milliseconds, sizes bytes. */
export interface FuseOptions {
  /**
   * How long the kernel may believe that a name stands for what it stood for (default 1000). A name
   * that somebody else adds, removes or replaces shows up at the mount within this time.
   */
  readonly entryLifetime?: number;

  /**
   * How long the kernel may believe what `stat` told (default 1000). What somebody else writes shows
   * up at the mount within this time. With 0 every `stat` and every read asks again.
   */
  readonly attrLifetime?: number;

  /**
   * How long the kernel may believe that a name does not exist (default 0: it always asks). Helps
   * programs that look for a file in many places.
   */
  readonly negativeLifetime?: number;

  /**
   * Whether the kernel may hold writes back and merge them (default false). Small writes become
   * several times faster; others see them later, write errors come with `fsync` or `close`, and
   * sizes and times are the kernel's: for trees that nobody else changes.
   */
  readonly writeback?: boolean;

  /**
   * Whether reads and writes go past the kernel's page cache (default false): every read sees what
   * is there at that moment, at the price of a request for each.
   */
  readonly directIo?: boolean;

  /**
   * Whether listings bring attributes along: `"auto"` where the kernel thinks it pays (default),
   * `"always"`, or `"never"`.
   */
  readonly readdirplus?: "auto" | "always" | "never";

  /**
   * Who keeps advisory locks: the `"kernel"` of the mount (default), fast and enough where all users
   * of a file come through this mount; or the `"provider"`, where others come by other ways.
   */
  readonly locks?: "kernel" | "provider";

  /**
   * Who owns what is made: the `"caller"`, as on any filesystem (default; a provider that may not
   * change owners keeps its own), or whoever the `"provider"` says.
   */
  readonly owner?: "caller" | "provider";

  /**
   * How long the provider may take for one request (default 60,000; 0 for ever). Then the caller
   * gets ETIMEDOUT, the operation's signal is aborted, and whatever the provider says later is
   * dropped. Waiting for a lock is not limited.
   */
  readonly deadline?: number;

  /**
   * How long an operation may go on when its caller gets a signal, for instance a deadly one
   * (default 1000). Then the operation's signal is aborted, that of one that waits for a lock at
   * once; a provider that has not reacted after the same time again is not waited for, and the
   * caller gets EINTR.
   */
  readonly interruptGrace?: number;

  /** The largest read or write (default 1 MiB), a multiple of 4096 up to 1 MiB. */
  readonly maxWrite?: number;

  /** How far the kernel may read ahead (default 1 MiB, of which it grants 128 KiB or less). */
  readonly maxReadahead?: number;

  /** How many requests that nobody waits for, such as read-ahead, may be in flight (default 64). */
  readonly maxBackground?: number;
}

/** The options with every default filled in. */
export type ResolvedFuseOptions = Required<FuseOptions>;

const DEFAULTS: ResolvedFuseOptions = {
  entryLifetime: 1000,
  attrLifetime: 1000,
  negativeLifetime: 0,
  writeback: false,
  directIo: false,
  readdirplus: "auto",
  locks: "kernel",
  owner: "caller",
  deadline: 60_000,
  interruptGrace: 1000,
  maxWrite: 1 << 20,
  maxReadahead: 1 << 20,
  maxBackground: 64,
};

/** The largest value of each number; the smallest is 0, or a page for the largest request. */
const LARGEST: Partial<Record<keyof FuseOptions, number>> = {
  entryLifetime: 2 ** 31,
  attrLifetime: 2 ** 31,
  negativeLifetime: 2 ** 31,
  deadline: 2 ** 31 - 1,
  interruptGrace: 2 ** 31 - 1,
  maxWrite: 1 << 20,
  maxReadahead: 2 ** 31,
  maxBackground: 65_535,
};

/**
 * Fills in what was left out, and refuses what cannot be.
 *
 * @param options What was asked for.
 * @returns Every option.
 * @throws {RangeError} For a number out of range.
 *
 * @example
 * ```ts
 * import { resolveFuseOptions } from "@vfs/server/core";
 *
 * console.log(resolveFuseOptions({ attrLifetime: 0 }).entryLifetime); // 1000
 * ```
 */
export function resolveFuseOptions(options: FuseOptions = {}): ResolvedFuseOptions {
  const resolved = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof FuseOptions)[]) {
    const value = options[key];
    if (value === undefined) continue;
    const largest = LARGEST[key];
    if (largest !== undefined && !(typeof value === "number" && value >= 0 && value <= largest)) {
      throw new RangeError(`Cannot set ${key} to ${value}: it is not between 0 and ${largest}`);
    }
    Object.assign(resolved, { [key]: value });
  }
  if (resolved.maxWrite < PAGE || resolved.maxWrite % PAGE !== 0) {
    throw new RangeError(`Cannot set maxWrite to ${resolved.maxWrite}: it is no multiple of 4096`);
  }
  return resolved;
}
