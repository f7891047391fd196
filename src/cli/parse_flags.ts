import { flagName, type FlagTable, type FlagValues } from "./flag.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/*
 * Why not parseArgs of node:util: the table of flags is the one source of names, types, help, errors
 * and completions, so every check would be made here anyway, on the tokens that parseArgs gives.
 * Making the tokens is the small part, and without it this layer needs nothing of a runtime.
 */

/** What was found on a command line. */
export interface ParsedFlags<F extends FlagTable> {
  /** The values of the flags. */
  readonly flags: FlagValues<F>;
  /** What is not a flag, in order. */
  readonly operands: readonly string[];
}

/**
 * Reads a command line: `--name value`, `--name=value`, `-n value`, `-nvalue`, `-abc`, and `--`
 * after which nothing is a flag. Flags and operands may come in any order; `-` is an operand.
 *
 * @param table The flags there are.
 * @param args The arguments.
 * @returns Values and operands.
 * @throws {UsageError} For the first thing that is wrong.
 */
export function parseFlags<F extends FlagTable>(
  table: F,
  args: readonly string[],
): ParsedFlags<F> {
  const rest = [...args];
  const operands: string[] = [];
  const used = new Map<string, string[]>();
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--") {
      operands.push(...rest.splice(0));
    } else if (arg === "-" || !arg.startsWith("-")) {
      operands.push(arg);
    } else {
      const { key, attached } = arg.startsWith("--") ? readLong(table, arg) : readShort(table, arg);
      let value = "";
      if (table[key]!.value !== undefined) {
        value = attached ?? takeValue(table, key, rest);
      } else if (attached !== undefined) {
        if (arg.startsWith("--")) throw new UsageError(`Option --${flagName(key)} takes no value`);
        // A switch among one-letter flags: what follows it are more of them.
        rest.unshift(`-${attached}`);
      }
      note(table, used, key, value);
    }
  }
  return { flags: readValues(table, used), operands };
}

/** Which flag an argument is, and what is written in the same argument after its name. */
interface Written {
  readonly key: string;
  readonly attached: string | undefined;
}

function readLong(table: FlagTable, arg: string): Written {
  const equals = arg.indexOf("=");
  const name = arg.slice(2, equals === -1 ? undefined : equals);
  const keys = Object.keys(table);
  const key = keys.find((key) => flagName(key) === name);
  if (key !== undefined) {
    return { key, attached: equals === -1 ? undefined : arg.slice(equals + 1) };
  }
  const near = suggest(name, keys.map(flagName));
  const advice = near === undefined ? "see --help" : `did you mean --${near}?`;
  throw new UsageError(`Unknown option --${name}: ${advice}`);
}

function readShort(table: FlagTable, arg: string): Written {
  const letter = String.fromCodePoint(arg.codePointAt(1)!);
  const key = Object.keys(table).find((key) => table[key]!.short === letter);
  if (key === undefined) throw new UsageError(`Unknown option -${letter}: see --help`);
  return { key, attached: arg.slice(1 + letter.length) || undefined };
}

function takeValue(table: FlagTable, key: string, rest: string[]): string {
  const value = rest.shift();
  // What looks like a flag means that the value was forgotten; `--name=-x` says that it was not.
  if (value !== undefined && (value === "-" || !value.startsWith("-"))) return value;
  const name = `--${flagName(key)}`;
  throw new UsageError(`Missing value for ${name}: write ${name} ${table[key]!.value}`);
}

function note(table: FlagTable, used: Map<string, string[]>, key: string, value: string): void {
  const flag = table[key]!;
  const before = used.get(key);
  if (flag.value !== undefined && value === "") {
    throw new UsageError(
      `Empty value for --${flagName(key)}: write --${flagName(key)} ${flag.value}`,
    );
  }
  if (before === undefined) used.set(key, [value]);
  else if (flag.isList) before.push(value);
  else if (flag.value !== undefined) {
    throw new UsageError(`Option --${flagName(key)} is given twice: keep one`);
  }
}

function readValues<F extends FlagTable>(
  table: F,
  used: ReadonlyMap<string, readonly string[]>,
): FlagValues<F> {
  const values: Record<string, unknown> = {};
  for (const [key, texts] of used) {
    try {
      values[key] = table[key]!.parse(texts);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`Wrong value for --${flagName(key)}: ${error.message}`);
    }
  }
  return values as FlagValues<F>;
}
