import type { Command, HelpTable } from "./command.ts";
import { type Flag, flagName, type FlagTable } from "./flag.ts";

/** Help is written for a terminal of 80 columns. */
const WIDTH = 80;
const INDENT = "  ";
/** Where meanings begin, at most; longer names push theirs to the next line. */
const MAX_NAME = 26;

/**
 * Writes the help of a command, from what its table says.
 *
 * @param command The command.
 * @param opening What comes first: the line of the program, the usage.
 * @param tables What comes between the details and the flags.
 * @returns The text, lines of at most 80 columns.
 */
export function helpOf(
  command: Command,
  opening: readonly string[],
  tables: readonly HelpTable[] = [],
): string {
  const parts = [
    ...opening,
    ...(command.details ?? []).map((paragraph) => wrap(paragraph, WIDTH).join("\n")),
    ...[...tables, ...flagTables(command.flags), ...(command.tables ?? [])].map(tableText),
    `Examples:\n${command.examples.map(exampleText).join("\n")}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function exampleText({ purpose, line }: Command["examples"][number]): string {
  return `${INDENT}# ${purpose}\n${INDENT}${line}`;
}

/** The flags by their headings, in the order in which these appear. */
function flagTables(flags: FlagTable): HelpTable[] {
  const groups = new Map<string, [string, string][]>();
  for (const [key, flag] of Object.entries(flags)) {
    const title = flag.group ?? "Options";
    const rows = groups.get(title) ?? [];
    rows.push([flagTitle(key, flag), flag.summary]);
    groups.set(title, rows);
  }
  return [...groups].map(([title, rows]) => ({ title, rows }));
}

function flagTitle(key: string, flag: Flag<unknown>): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  const value = flag.value === undefined ? "" : ` ${flag.value}`;
  return `${short}--${flagName(key)}${value}`;
}

function tableText({ title, rows }: HelpTable): string {
  const longest = Math.max(...rows.map(([name]) => name.length).filter((n) => n <= MAX_NAME));
  const column = INDENT.length + longest + 2;
  const lines = rows.flatMap(([name, meaning]) => {
    const [first = "", ...others] = wrap(meaning, WIDTH - column);
    const indented = others.map((line) => " ".repeat(column) + line);
    return name.length <= longest
      ? [`${INDENT}${name}`.padEnd(column) + first, ...indented]
      : [`${INDENT}${name}`, " ".repeat(column) + first, ...indented];
  });
  return [`${title}:`, ...lines].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
