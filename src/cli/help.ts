import type { Command } from "./command.ts";
import { helpText } from "./_help_text.ts";
import { VERSION } from "./version.ts";

/**
 * Writes what `vfs-server --help` says.
 *
 * @param main The command that is meant where none is named.
 * @param commands All commands.
 * @returns The text, in lines of at most 80 columns.
 */
export function programHelp(main: Command, commands: readonly Command[]): string {
  const opening = [
    `vfs-server ${VERSION}: the filesystem your sandbox sees is a TypeScript program`,
    `Usage: vfs-server ${main.usage}\n       vfs-server COMMAND ... (vfs-server COMMAND --help tells more)`,
  ];
  const rows = commands.map(({ name, summary }) => [name, summary] as const);
  const table = { title: "Commands", rows };
  const flags = Object.entries(main.flags).filter(([, flag]) => !flag.isAdvanced);
  const shown = {
    flags: Object.fromEntries(flags),
    tables: [],
    examples: main.examples.slice(0, 3),
  };
  return helpText({ ...main, ...shown }, opening, [table]);
}

/**
 * Writes what `vfs-server COMMAND --help` says.
 *
 * @param command The command.
 * @returns The text, in lines of at most 80 columns.
 */
export function commandHelp(command: Command): string {
  const { name, summary, usage } = command;
  return helpText(command, [
    `vfs-server ${name}: ${summary}`,
    `Usage: vfs-server ${name} ${usage}`,
  ]);
}
