import { formatDuration } from "./duration.ts";
import { formatSize } from "./size.ts";
import type { Log } from "./log.ts";

const INTERVAL_MS = 1000;

/** Counts what was copied, and tells of it every second if it is wanted. */
export class Progress {
  /** How many files were copied. */
  files = 0;
  /** How many bytes were copied. */
  bytes = 0;
  readonly #log: Log;
  readonly #started = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param log Where to tell.
   * @param isWanted Whether to tell.
   */
  constructor(log: Log, isWanted: boolean) {
    this.#log = log;
    if (isWanted) this.#timer = setInterval(() => this.#tell(), INTERVAL_MS);
  }

  #tell(): void {
    const elapsed = performance.now() - this.#started;
    const speed = this.bytes / (elapsed / 1000);
    this.#log.write(
      "notice",
      "progress",
      `Copied ${this.files} files, ${formatSize(this.bytes)} in ${formatDuration(elapsed)} ` +
        `(${formatSize(speed)}/s)`,
      { files: this.files, bytes: this.bytes, ms: Math.round(elapsed) },
    );
  }

  /** Tells the last time, if it told before. */
  end(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tell();
  }
}
