import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";
import { UsageError } from "./usage_error.ts";

/**
 * One option of a command: the row from which parsing, help, errors and completions are made.
 *
 * Its name is its key in the table of the command, in camelCase: `logFormat` is `--log-format`.
 */
export interface Flag<T> {
  /** What it does, in a few words, for the help. */
  readonly summary: string;
  /** What its value is called in the help (`PATH`); a flag without it is a switch. */
  readonly value?: string;
  /** Its one-letter name. */
  readonly short?: string;
  /** The heading under which the help lists it (default "Options"). */
  readonly group?: string;
  /** Whether it is left out of the help of the program, and told in that of the command only. */
  readonly isAdvanced?: boolean;
  /** Whether each further use adds to the ones before; otherwise a second use is a mistake. */
  readonly isList?: boolean;
  /** The only values there are, if they can be listed. */
  readonly choices?: readonly string[];
  /** Turns the text of all uses into the value; without any use there is no value. */
  readonly parse: (texts: readonly string[]) => T;
}

/** The flags of a command, by name. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a table were set to; those that were not used are absent. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]?: F[K] extends Flag<infer T> ? T : never;
};

/** A table of flags whose values make up an object like `O`. */
export type FlagsOf<O> = { readonly [K in keyof O]-?: Flag<NonNullable<O[K]>> };

/** The parts of a flag that its maker does not decide. */
export type FlagDetails = Pick<Flag<unknown>, "summary" | "short" | "group" | "isAdvanced">;

/** Gives the name of a flag as the user writes it, without the dashes. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A flag without a value: used or not. */
export function toggle(details: FlagDetails): Flag<true> {
  return { ...details, parse: () => true };
}

/** A flag whose value is any text but the empty one. */
export function text(value: string, details: FlagDetails): Flag<string> {
  return one(value, details, (text) => text);
}

/** A flag that may be used several times, each with a text. */
export function texts(value: string, details: FlagDetails): Flag<readonly string[]> {
  return { ...details, value, isList: true, parse: (texts) => texts };
}

/** A flag whose value is one of a few words. */
export function choice<T extends string>(choices: readonly T[], details: FlagDetails): Flag<T> {
  const parse = (text: string) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new UsageError(`"${text}" is not ${orList(choices)}`);
    return found;
  };
  return { ...one(choices.join("|"), details, parse), choices };
}

/** A flag whose value is a whole number within limits. */
export function whole(
  value: string,
  least: number,
  most: number,
  details: FlagDetails,
): Flag<number> {
  return one(value, details, (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    throw new UsageError(`"${text}" is not a whole number from ${least} to ${most}`);
  });
}

/** A flag whose value is a size in bytes. */
export function size(details: FlagDetails): Flag<number> {
  return one("SIZE", details, parseSize);
}

/** A flag whose value is a time span, in milliseconds. */
export function duration(details: FlagDetails): Flag<number> {
  return one("TIME", details, parseDuration);
}

/** A flag whose value is permissions in octal digits, as chmod takes them. */
export function permissions(details: FlagDetails): Flag<number> {
  return one("MODE", details, (text) => {
    if (/^0*[0-7]{3,4}$/.test(text)) return Number.parseInt(text, 8);
    throw new UsageError(`"${text}" is not a mode: write octal digits, for instance 660`);
  });
}

function one<T>(value: string, details: FlagDetails, parse: (text: string) => T): Flag<T> {
  return { ...details, value, parse: (texts) => parse(texts[0]!) };
}

function orList(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
