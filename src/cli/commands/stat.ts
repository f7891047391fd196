import { cleanPath, isSymlink, S_PERM } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../escape.ts";
import { formatMode, typeName } from "../format_mode.ts";
import { output } from "../output.ts";
import { treeCommand } from "../tree_command.ts";
import type { Facts } from "../tree.ts";

/** `vfs-server stat`: what is known of names. */
export const stat: Command = treeCommand({
  name: "stat",
  summary: "tell what is known of files",
  usage: "[--socket PATH] PATH...",
  details: ["Of a symbolic link it tells about the link, never about what the link points to."],
  flags: {},
  operands: [1, Infinity],
  examples: [
    { purpose: "Type, mode, size and times", line: "vfs-server stat /workspace/README.md" },
  ],
  run: async ({ runtime, log, operands }, tree) =>
    await eachOperand(log, "stat", operands, async (operand) => {
      const path = cleanPath(operand);
      const facts = await tree.stat(path);
      const target = isSymlink(facts.mode) ? await tree.readlink(path) : undefined;
      await output(runtime, describe(path, facts, target));
    }),
});

function describe(path: string, facts: Facts, target: string | undefined): string {
  const { mode, size, ino, mtime } = facts;
  const octal = (mode & S_PERM).toString(8).padStart(4, "0");
  const rows = [
    ["path", escapeText(path)],
    ["type", typeName(mode)],
    ["target", target === undefined ? undefined : escapeText(target)],
    ["mode", `${octal} ${formatMode(mode)}`],
    ["size", `${size} bytes`],
    ["inode", String(ino)],
    ["changed", isoTime(mtime)],
  ];
  return rows.filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(9)}${value}\n`).join("");
}

function isoTime({ sec, nsec }: Facts["mtime"]): string {
  const date = new Date(sec * 1000);
  if (Number.isNaN(date.getTime())) return `${sec} s since 1970`;
  const fraction = nsec === 0 ? "" : `.${String(nsec).padStart(9, "0")}`;
  return date.toISOString().replace(".000Z", `${fraction}Z`);
}
