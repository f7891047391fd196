import { isDirectory, isSymlink, joinPath, timespecToMs, VfsError } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../../fs/_escape.ts";
import { toggle } from "../flag.ts";
import { formatMode } from "../format_mode.ts";
import { guestPath } from "../guest_path.ts";
import { jsonFacts } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";
import type { Facts, Tree } from "../tree.ts";

/** `vfs-server ls`: names in directories. */
export const ls: Command = treeCommand({
  name: "ls",
  summary: "list directories",
  usage: "[-l] [--json] [--socket PATH] [PATH...]",
  details: ["Paths are those that the guest sees. Without a path, it lists the root."],
  flags: {
    long: toggle({ short: "l", summary: "tell mode, size and time of each name" }),
    ...JSON_FLAG,
  },
  operands: [0, Infinity],
  examples: [
    { purpose: "What is there to mount", line: "vfs-server ls --socket ./vfs.sock" },
    { purpose: "With details", line: "vfs-server ls -l /workspace" },
  ],
  run: async ({ runtime, log, flags, operands }, tree) => {
    const paths = operands.length === 0 ? ["/"] : operands;
    let isFirst = true;
    return await eachOperand(log, "list", paths, async (operand) => {
      const path = guestPath(operand);
      const names = await namesAt(tree, path, (flags.long ?? flags.json) === true);
      if (flags.json) return await output(runtime, (await jsonLines(tree, names)).join(""));
      const lines = flags.long === undefined ? names.map(shortLine) : await longLines(tree, names);
      const title = paths.length === 1 ? "" : `${isFirst ? "" : "\n"}${escapeText(operand)}:\n`;
      isFirst = false;
      await output(runtime, title + lines.map((line) => `${line}\n`).join(""));
    });
  },
});

/** A name to be listed, and where it is. */
interface Name {
  readonly name: string;
  readonly path: string;
  /** What is known of it, if that was asked for and it is still there. */
  readonly facts: Facts | undefined;
}

async function namesAt({ provider }: Tree, path: string, isLong: boolean): Promise<Name[]> {
  const facts = await provider.stat(path);
  if (!isDirectory(facts.mode)) return [{ name: path, path, facts }];
  const names: Name[] = [];
  for (const { name, info } of await provider.readDir(path, isLong)) {
    const below = joinPath(path, name);
    // Version 1 lists names only. What is gone by now is left out.
    const facts = isLong ? info ?? await provider.lookup(below) : undefined;
    if (!isLong || facts !== undefined) names.push({ name, path: below, facts });
  }
  return names.sort((a, b) => a.name < b.name ? -1 : 1);
}

function shortLine({ name }: Name): string {
  return escapeText(name);
}

async function longLines(tree: Tree, names: readonly Name[]): Promise<string[]> {
  const rows: { facts: Facts; name: string }[] = [];
  for (const { name, path, facts } of names) {
    const target = await targetOf(tree, path, facts!);
    const arrow = target === undefined ? "" : ` -> ${escapeText(target)}`;
    rows.push({ facts: facts!, name: escapeText(name) + arrow });
  }
  const width = Math.max(0, ...rows.map(({ facts }) => String(facts.size).length));
  return rows.map(({ facts, name }) =>
    `${formatMode(facts.mode)} ${String(facts.size).padStart(width)} ${localTime(facts)} ${name}`
  );
}

async function jsonLines(tree: Tree, names: readonly Name[]): Promise<string[]> {
  const lines: string[] = [];
  for (const { path, facts } of names) {
    lines.push(jsonFacts(path, facts!, await targetOf(tree, path, facts!)));
  }
  return lines;
}

/** What a symbolic link says; nothing for anything else, and for one that is gone by now. */
async function targetOf(tree: Tree, path: string, { mode }: Facts): Promise<string | undefined> {
  if (!isSymlink(mode)) return undefined;
  try {
    return await tree.readlink(path);
  } catch (error) {
    if (error instanceof VfsError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** The time of the last change in the zone of whoever looks, to the minute. */
function localTime({ mtime }: Facts): string {
  const date = new Date(timespecToMs(mtime));
  if (Number.isNaN(date.getTime())) return "????-??-?? ??:??";
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
