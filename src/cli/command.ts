import type { Runtime } from "../../adapters/runtime.ts";
import type { FlagTable, FlagValues } from "./flag.ts";
import type { Log } from "./log.ts";

/** An example of a command line, with what it is for. */
export interface Example {
  /** What it does: one line. */
  readonly purpose: string;
  /** The whole line, as one types it. */
  readonly line: string;
}

/** What a command is run with. */
export interface Invocation<F extends FlagTable> {
  /** The runtime that runs it. */
  readonly runtime: Runtime;
  /** Where it reports what goes wrong, and what it does. */
  readonly log: Log;
  /** The values of its flags. */
  readonly flags: FlagValues<F>;
  /** Its other arguments. */
  readonly operands: readonly string[];
  /** All commands there are. */
  readonly commands: readonly Command[];
}

/** A table of names and what they mean, for the help. */
export interface HelpTable {
  /** The heading. */
  readonly title: string;
  /** Names and meanings. */
  readonly rows: readonly (readonly [string, string])[];
}

/** A command as its file describes it. */
export interface CommandSpec<F extends FlagTable> {
  /** What it is called. */
  readonly name: string;
  /** What it does: one line for the list of commands, in lower case, without a period. */
  readonly summary: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** What one needs to know beyond the summary: paragraphs. */
  readonly details?: readonly string[];
  /** Its flags. */
  readonly flags: F;
  /** The number of operands that it takes: least and most. */
  readonly operands: readonly [least: number, most: number];
  /** Tables that the help adds after the flags. */
  readonly tables?: readonly HelpTable[];
  /** A few command lines to learn from. */
  readonly examples: readonly Example[];
  /**
   * Does it.
   *
   * @returns The exit status.
   * @throws {UsageError} For mistakes in the arguments.
   * @throws {CommandError} For what went wrong, said in a sentence.
   */
  readonly run: (invocation: Invocation<F>) => Promise<number>;
}

/** A command whose flags nobody outside needs to know the types of. */
export type Command = CommandSpec<FlagTable>;

/** Makes a {@link Command} from its description: `run` sees the types of its own flags. */
export function command<F extends FlagTable>(spec: CommandSpec<F>): Command {
  // The parser gives `run` the values of exactly these flags.
  return spec as unknown as Command;
}
