import type { Change } from "../../src/fs/mod.ts";
import type { FuseStats } from "../../src/fuse/mod.ts";

/** Whatever serves a mount: this thread, or another. */
export interface Backend {
  /** When the mount is there and answers; rejects if it will not. */
  readonly started: Promise<void>;
  /** When it has ended; rejects if it broke. */
  readonly ended: Promise<void>;
  stats(): FuseStats;
  changed(change: Change): Promise<void>;
  /** Ends whatever still serves, without waiting for anything. */
  abandon(): void;
}
