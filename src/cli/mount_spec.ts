import { cleanPath, toVfsError } from "../fs/mod.ts";
import { flagName, type FlagsOf, type FlagTable } from "./flag.ts";
import {
  DIRECTORY_OPTIONS,
  type DirectoryMountOptions,
  MEMORY_OPTIONS,
  type MemoryMountOptions,
} from "./mount_options.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/** What files come from, as it is written after the `=` of a mount. */
export type SourceSpec =
  | {
    readonly kind: "directory";
    /** The directory, as written, but for a leading `~`. */
    readonly directory: string;
    readonly options: DirectoryMountOptions;
  }
  | { readonly kind: "memory"; readonly options: MemoryMountOptions };

/** A mount, as it is written on the command line. */
export interface MountSpec {
  /** Where the guest finds it: a clean absolute path. */
  readonly path: string;
  /** What it finds there. */
  readonly source: SourceSpec;
}

/**
 * Reads `PATH=SOURCE[:OPTIONS]`. The first `=` ends the path.
 *
 * @param text The mount.
 * @param home The home directory, for a source that begins with `~`.
 * @throws {UsageError} For anything else, and for unknown options.
 */
export function parseMount(text: string, home?: string): MountSpec {
  const equals = text.indexOf("=");
  if (equals === -1) {
    const advice = text.startsWith("/") ? `${text}=SOURCE` : `/workspace=${text}`;
    throw new UsageError(`Cannot mount ${text}: write PATH=SOURCE, for instance ${advice}`);
  }
  return {
    path: parseMountPath(text.slice(0, equals)),
    source: parseSource(text.slice(equals + 1), home),
  };
}

/**
 * Checks where something is to be mounted.
 *
 * @param text The path of the guest.
 * @returns The clean path.
 * @throws {UsageError} If it is not absolute, or no path at all.
 */
export function parseMountPath(text: string): string {
  if (!text.startsWith("/")) {
    throw new UsageError(`Cannot mount at "${text}": the path is not absolute, write /${text}`);
  }
  try {
    return cleanPath(text);
  } catch (error) {
    throw new UsageError(`Cannot mount at "${text}": ${toVfsError(error).message}`);
  }
}

/**
 * Reads `SOURCE[:OPTIONS]`: `memory` or a directory. What follows the last colon are options,
 * unless there is a slash in it. So a directory whose own name has a colon at the end of the path is
 * written with one more: `./a:b:`. A misspelt option is never taken for part of a name: it could be
 * the one that makes the tree read-only.
 *
 * @param text The source.
 * @param home The home directory, for a source that begins with `~`.
 * @throws {UsageError} For an empty source and for wrong options.
 */
export function parseSource(text: string, home?: string): SourceSpec {
  const colon = text.lastIndexOf(":");
  const hasOptions = colon !== -1 && !text.includes("/", colon);
  const name = hasOptions ? text.slice(0, colon) : text;
  const options = hasOptions ? text.slice(colon + 1) : "";
  if (name === "") {
    throw new UsageError(`Cannot mount "${text}": the source is missing, write a directory`);
  }
  if (name === "memory") {
    return { kind: "memory", options: parseOptions(text, MEMORY_OPTIONS, options) };
  }
  return {
    kind: "directory",
    directory: expandHome(name, home),
    options: parseOptions(text, DIRECTORY_OPTIONS, options),
  };
}

/** The shell leaves `~` alone in the middle of a word, where the source of a mount is. */
function expandHome(directory: string, home: string | undefined): string {
  if (!directory.startsWith("~")) return directory;
  if (directory !== "~" && !directory.startsWith("~/")) {
    throw new UsageError(`Cannot mount ${directory}: write the home directory in full, or ./~...`);
  }
  if (home === undefined || home === "") {
    throw new UsageError(`Cannot mount ${directory}: HOME is not set, write the directory in full`);
  }
  return home + directory.slice(1);
}

function parseOptions<O>(source: string, table: FlagTable & FlagsOf<O>, text: string): O {
  const values: Record<string, unknown> = {};
  for (const option of text === "" ? [] : text.split(",")) {
    const equals = option.indexOf("=");
    const name = equals === -1 ? option : option.slice(0, equals);
    const key = Object.keys(table).find((key) => flagName(key) === name);
    if (key === undefined) throw unknownOption(source, name, table);
    const flag = table[key]!;
    if ((flag.value === undefined) !== (equals === -1)) {
      const advice = flag.value === undefined
        ? "takes no value"
        : `needs one: ${name}=${flag.value}`;
      throw new UsageError(`Cannot mount ${source}: the option ${name} ${advice}`);
    }
    if (key in values) {
      throw new UsageError(`Cannot mount ${source}: the option ${name} is given twice`);
    }
    values[key] = readOption(source, name, () => flag.parse([option.slice(equals + 1)]));
  }
  return values as O;
}

function readOption(source: string, name: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`Cannot mount ${source}: the option ${name}: ${error.message}`);
  }
}

function unknownOption(source: string, name: string, table: FlagTable): UsageError {
  const names = Object.keys(table).map(flagName);
  const near = suggest(name, names);
  const advice = near === undefined ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  const colon = source === "memory" || source.startsWith("memory:")
    ? ""
    : ` (if the colon is part of the name, end it with another: ${source}:)`;
  return new UsageError(
    `Cannot mount ${source}: unknown option "${name}", ${advice}${colon}`,
  );
}
