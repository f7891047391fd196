import type { Runtime } from "../../adapters/runtime.ts";
import { decapitalize } from "./decapitalize.ts";
import { escapedJson, escapeText } from "../fs/_escape.ts";

/** How much a line of the log matters. `--quiet` leaves out "info". */
export type LogLevel = "info" | "notice" | "warn" | "error";

/** How the log is written: for people, or one JSON object a line. */
export type LogFormat = "text" | "json";

/** What a line of the log tells in detail; values that are `undefined` are left out. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | readonly unknown[] | object | undefined>
>;

/** How a {@link Log} writes. */
export interface LogOptions {
  /** The format (default "text"). */
  readonly format?: LogFormat | undefined;
  /** Whether to leave out what is only information (default false). */
  readonly quiet?: boolean | undefined;
}

/** Lines that wait for a slow reader of the standard error; those beyond are counted, not kept. */
const MAX_WAITING = 1000;

/**
 * The log, on the standard error: one line for each event.
 *
 * Nobody waits for it. Where the reader is too slow, lines are lost, and a line says how many.
 */
export class Log {
  readonly #print: Runtime["print"];
  readonly #format: LogFormat;
  readonly #quiet: boolean;
  #waiting = 0;
  #lost = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(runtime: Pick<Runtime, "print">, options: LogOptions = {}) {
    this.#print = (stream, text) => runtime.print(stream, text);
    this.#format = options.format ?? "text";
    this.#quiet = options.quiet ?? false;
  }

  /**
   * Writes a line.
   *
   * @param level How much it matters.
   * @param event The name of what happened, for programs.
   * @param sentence What happened, for people; it is escaped here.
   * @param fields The details, for programs.
   */
  write(level: LogLevel, event: string, sentence: string, fields: LogFields = {}): void {
    if (this.#quiet && level === "info") return;
    if (this.#waiting >= MAX_WAITING) {
      this.#lost++;
      return;
    }
    this.#append(this.#line(level, event, sentence, fields));
  }

  /** Waits until everything so far is written. */
  async flush(): Promise<void> {
    await this.#written;
  }

  #append(line: string): void {
    this.#waiting++;
    this.#written = this.#written
      .then(() => this.#print(2, line))
      // There is no other place to report that the log cannot be written.
      .catch(() => {})
      .then(() => {
        this.#waiting--;
        if (this.#lost > 0) this.#reportLoss();
      });
  }

  #reportLoss(): void {
    const lost = this.#lost;
    this.#lost = 0;
    const sentence = `Lost ${lost} lines of this log: its reader is too slow`;
    this.#append(this.#line("warn", "log_lost", sentence, { lines: lost }));
  }

  #line(level: LogLevel, event: string, sentence: string, fields: LogFields): string {
    if (this.#format === "json") {
      const record = { time: new Date().toISOString(), level, event, message: sentence, ...fields };
      return `${escapedJson(record)}\n`;
    }
    return `vfs-server: ${decapitalize(escapeText(sentence))}\n`;
  }
}
