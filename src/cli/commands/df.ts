import { isDirectory, type Provider, type StatFs } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../../fs/_escape.ts";
import { guestPath } from "../guest_path.ts";
import { jsonLine } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { formatSize } from "../size.ts";
import { treeCommand } from "../tree_command.ts";

const HEAD = "    size     used    avail  use%   inodes    iused  path\n";

/** `vfs-server df`: how much room there is. */
export const df: Command = treeCommand({
  name: "df",
  summary: "tell how much room there is",
  usage: "[--json] [--socket PATH] [PATH...]",
  details: [
    "Of the filesystem that each PATH lies in; without one, of the root, or, where that is nothing",
    "but the place of mounts, of what lies in it.",
  ],
  flags: { ...JSON_FLAG },
  operands: [0, Infinity],
  examples: [{ purpose: "The workspace", line: "vfs-server df /workspace" }],
  run: async ({ runtime, log, flags, operands }, { provider }) => {
    const paths = operands.length === 0 ? await placesOf(provider) : operands;
    if (!flags.json) await output(runtime, HEAD);
    return await eachOperand(log, "ask about", paths, async (operand) => {
      const stats = await provider.statfs(guestPath(operand));
      await output(runtime, flags.json ? jsonRow(operand, stats) : row(operand, stats));
    });
  },
});

/** The root, or what lies in it if the root itself has no room: it only leads to mounts then. */
async function placesOf(provider: Provider): Promise<readonly string[]> {
  try {
    if ((await provider.statfs("/")).blocks > 0) return ["/"];
    const entries = await provider.readDir("/");
    const places = entries.filter(({ mode }) => isDirectory(mode)).map(({ name }) => `/${name}`);
    return places.length === 0 ? ["/"] : places;
  } catch {
    // Why it cannot be asked is told where it is asked.
    return ["/"];
  }
}

function row(path: string, stats: StatFs): string {
  const { bsize, blocks, bfree, bavail, files, ffree } = stats;
  const used = blocks - bfree;
  // What root may use beyond the others does not count, as in df(1).
  const percent = used + bavail === 0 ? "-" : `${Math.ceil(used / (used + bavail) * 100)}%`;
  const cells = [
    formatSize(blocks * bsize),
    formatSize(used * bsize),
    formatSize(bavail * bsize),
  ].map((cell) => cell.padStart(8));
  const inodes = [files, files - ffree].map((count) => String(count).padStart(8));
  const flag = stats.readonly ? " (read-only)" : "";
  return `${cells.join(" ")} ${percent.padStart(5)} ${inodes.join(" ")}  ${
    escapeText(path)
  }${flag}\n`;
}

function jsonRow(path: string, stats: StatFs): string {
  const { bsize, blocks, bfree, bavail, files, ffree, namelen, readonly } = stats;
  return jsonLine({
    path,
    size: blocks * bsize,
    used: (blocks - bfree) * bsize,
    available: bavail * bsize,
    inodes: files,
    inodesUsed: files - ffree,
    namelen,
    readonly,
  });
}
