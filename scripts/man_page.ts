/**
 * Writes the manual page `packaging/vfs-server.1` from the table of commands that the program uses.
 *
 * Usage: `node scripts/man_page.ts`; a test says when it has to be run again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Command, HelpTable } from "../src/cli/command.ts";
import { COMMANDS, DEFAULT_COMMAND } from "../src/cli/commands.ts";
import { COMMON_FLAGS } from "../src/cli/common_flags.ts";
import { flagName, type FlagTable } from "../src/cli/flag.ts";
import { VERSION } from "../src/cli/version.ts";

const PAGE = new URL("../packaging/vfs-server.1", import.meta.url);

/** The page as it is, and as it should be. */
export function manPage(): { readonly is: string; readonly shouldBe: string } {
  const lines = [
    `.TH VFS-SERVER 1 "" "vfs-server ${VERSION}" "User Commands"`,
    ".SH NAME",
    "vfs-server \\- serve files to a guest, as a TypeScript program decides",
    ".SH SYNOPSIS",
    `.B vfs-server\n${roff(DEFAULT_COMMAND.usage)}`,
    ...COMMANDS.flatMap(({ name, usage }) => [".br", `.B vfs-server ${name}\n${roff(usage)}`]),
    ".SH DESCRIPTION",
    "Serves directories of the host and trees in memory over a Unix socket to something that the host",
    "does not trust: the guest of a microVM, a container, an agent. The other commands look at what is",
    "served, from the other end of the socket.",
    ".SH OPTIONS",
    "Of every command:",
    ...flags(COMMON_FLAGS),
    ...COMMANDS.flatMap(section),
    ".SH EXIT STATUS",
    ...entry("0", "It went well."),
    ...entry("1", "It failed."),
    ...entry("2", "The arguments are wrong."),
  ];
  return { is: readFileSync(PAGE, "utf8"), shouldBe: `${lines.join("\n")}\n` };
}

function section(
  { name, summary, usage, details, flags: own, tables, examples }: Command,
): string[] {
  return [
    `.SH ${name.toUpperCase()}`,
    `.B vfs-server ${name}\n${roff(usage)}`,
    ".PP",
    `${roff(sentence(summary))}`,
    ...(details ?? []).flatMap((paragraph) => [".PP", roff(paragraph)]),
    ...flags(own),
    ...(tables ?? []).flatMap(table),
    ".SS Examples",
    ...examples.flatMap(({ purpose, line }, i) => [
      ...(i === 0 ? [] : [".PP"]),
      `${roff(purpose)}:`,
      ".PP\n.RS\n.nf",
      roff(line),
      ".fi\n.RE",
    ]),
  ];
}

function flags(all: FlagTable): string[] {
  return Object.entries(all).flatMap(([key, { short, value, summary }]) => {
    const names = [...(short === undefined ? [] : [`-${short}`]), `--${flagName(key)}`];
    return entry(`${names.join(", ")}${value === undefined ? "" : ` ${value}`}`, sentence(summary));
  });
}

function table({ title, rows }: HelpTable): string[] {
  return [`.SS ${title}`, ...rows.flatMap(([name, meaning]) => entry(name, sentence(meaning)))];
}

function entry(name: string, meaning: string): string[] {
  return [".TP", `.B ${roff(name)}`, roff(meaning)];
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}${/[.:]$/.test(text) ? "" : "."}`;
}

/** Writes text so that roff shows it as it is. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll(/^([.'])/gm, "\\&$1");
}

if (import.meta.main) writeFileSync(PAGE, manPage().shouldBe);
