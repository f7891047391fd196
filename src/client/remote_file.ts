import type { Int64 } from "../protocol/mod.ts";

/** A handle of the server, and what is needed to get it again in another session. */
export interface RemoteFile {
  /** Its number in the present session. */
  fh: Int64;
  /** Why it is of no more use, if so. */
  stale: string | undefined;
  /** What it can be found by. */
  readonly path: string;
  /** How it was opened. */
  readonly flags: number;
  /** Which file it is; `undefined` where that was not asked for. */
  readonly ino: bigint | undefined;
  /** Whether it is a directory's, to be listed. */
  readonly isListing: boolean;
  /** What the server holds for it that cannot be had again: a lock, a place in a listing. */
  bound: string | undefined;
}
