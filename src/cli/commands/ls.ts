import { cleanPath, isDirectory, isSymlink, joinPath, timespecToMs } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../../fs/_escape.ts";
import { toggle } from "../flag.ts";
import { formatMode } from "../format_mode.ts";
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
      const path = cleanPath(operand);
      const names = await namesAt(tree, path);
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
}

async function namesAt(tree: Tree, path: string): Promise<Name[]> {
  const info = await tree.stat(path);
  if (!isDirectory(info.mode)) return [{ name: path, path }];
  return (await tree.readDir(path))
    .map(({ name }) => ({ name, path: joinPath(path, name) }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function shortLine({ name }: Name): string {
  return escapeText(name);
}

async function longLines(tree: Tree, names: readonly Name[]): Promise<string[]> {
  const rows: { facts: Facts; name: string }[] = [];
  for (const { name, path } of names) {
    const facts = await tree.stat(path);
    const target = isSymlink(facts.mode) ? ` -> ${escapeText(await tree.readlink(path))}` : "";
    rows.push({ facts, name: escapeText(name) + target });
  }
  const width = Math.max(0, ...rows.map(({ facts }) => String(facts.size).length));
  return rows.map(({ facts, name }) =>
    `${formatMode(facts.mode)} ${String(facts.size).padStart(width)} ${localTime(facts)} ${name}`
  );
}

async function jsonLines(tree: Tree, names: readonly Name[]): Promise<string[]> {
  const lines: string[] = [];
  for (const { path } of names) {
    const facts = await tree.stat(path);
    const target = isSymlink(facts.mode) ? await tree.readlink(path) : undefined;
    lines.push(jsonFacts(path, facts, target));
  }
  return lines;
}

/** The time of the last change in the zone of whoever looks, to the minute. */
function localTime({ mtime }: Facts): string {
  const date = new Date(timespecToMs(mtime));
  if (Number.isNaN(date.getTime())) return "????-??-?? ??:??";
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
