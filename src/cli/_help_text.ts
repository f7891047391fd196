import type { Command, HelpTable } from "./command.ts";
import { COMMON_FLAGS } from "./common_flags.ts";
import { type Flag, flagName, type FlagTable } from "./flag.ts";

/** Help is written for a terminal of 80 columns. */
const WIDTH = 80;
const INDENT = "  ";
/** Where meanings begin, at most; longer names push theirs to the next line. */
const MAX_NAME = 24;

/** Lays out the help of a command: opening, details, tables, flags, more tables, examples. */
export function helpText(
  command: Command,
  opening: readonly string[],
  tables: readonly HelpTable[] = [],
): string {
  const flags = flagTables({ ...command.flags, ...COMMON_FLAGS });
  const all = [...tables, ...flags, ...(command.tables ?? [])];
  const widths = all.flatMap(({ rows }) => rows.map(([name]) => name.length));
  const width = Math.max(...widths.filter((width) => width <= MAX_NAME));
  const parts = [
    ...opening,
    ...(command.details ?? []).map((paragraph) => wrap(paragraph, WIDTH).join("\n")),
    ...all.map((table) => tableText(table, width)),
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
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const value = flag.value === undefined ? "" : ` ${flag.value}`;
  return `${short}--${flagName(key)}${value}`;
}

function tableText({ title, rows }: HelpTable, width: number): string {
  const column = INDENT.length + width + 2;
  const lines = rows.flatMap(([name, meaning]) => {
    const [first = "", ...others] = wrap(meaning, WIDTH - column);
    const indented = others.map((line) => " ".repeat(column) + line);
    return name.length <= width
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
