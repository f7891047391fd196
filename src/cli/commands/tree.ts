import { type DirEntry, isDirectory, isSymlink, joinPath } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../../fs/_escape.ts";
import { whole } from "../flag.ts";
import { guestPath } from "../guest_path.ts";
import { jsonFacts } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";
import type { Tree } from "../tree.ts";

/** A name that waits to be written. */
interface Pending {
  readonly path: string;
  readonly entry: DirEntry;
  /** What stands before the name: the lines of the directories above. */
  readonly lead: string;
  readonly isLast: boolean;
  readonly depth: number;
}

/** `vfs-server tree`: everything below. */
export const tree: Command = treeCommand({
  name: "tree",
  summary: "list directories with everything below them",
  usage: "[-L DEPTH] [--json] [--socket PATH] [PATH...]",
  details: ["Symbolic links are told and not followed."],
  flags: {
    depth: whole("DEPTH", 1, 1_000_000, { short: "L", summary: "how many levels at most" }),
    ...JSON_FLAG,
  },
  operands: [0, Infinity],
  examples: [{ purpose: "Two levels", line: "vfs-server tree -L 2 /workspace" }],
  run: async ({ runtime, log, flags, operands }, served) => {
    const paths = operands.length === 0 ? ["/"] : operands;
    const { depth = Infinity, json } = flags;
    let below = 0;
    const status = await eachOperand(log, "list", paths, async (operand) => {
      const path = guestPath(operand);
      if (!json) await output(runtime, `${escapeText(path)}\n`);
      // What comes next is at the end: a stack of our own, so that no depth can overflow the other.
      const pending = await namesIn(served, path, "", 1);
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        await output(runtime, await line(served, next, json ?? false));
        if (!isDirectory(next.entry.mode) || next.depth >= depth) continue;
        const lead = next.lead + (next.isLast ? "    " : "│   ");
        // A directory that may not be listed is told of by its own name, and the others go on.
        below |= await eachOperand(log, "list", [next.path], async (directory) => {
          pending.push(...await namesIn(served, directory, lead, next.depth + 1));
        });
      }
    });
    return status | below;
  },
});

/** The names in a directory, the first at the end. */
async function namesIn(
  { provider }: Tree,
  directory: string,
  lead: string,
  depth: number,
): Promise<Pending[]> {
  const entries = [...await provider.readDir(directory)]
    .sort((a, b) => a.name < b.name ? 1 : -1);
  return entries.map((entry, i) => ({
    path: joinPath(directory, entry.name),
    entry,
    lead,
    isLast: i === 0,
    depth,
  }));
}

async function line({ provider }: Tree, next: Pending, json: boolean): Promise<string> {
  const { path, entry, lead, isLast } = next;
  const target = isSymlink(entry.mode) ? await provider.readlink(path) : undefined;
  if (json) return jsonFacts(path, await provider.stat(path), target);
  const branch = isLast ? "└── " : "├── ";
  const arrow = target === undefined ? "" : ` -> ${escapeText(target)}`;
  return `${lead}${branch}${escapeText(entry.name)}${arrow}\n`;
}
