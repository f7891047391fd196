import { isSymlink, S_PERM } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { escapeText } from "../../fs/_escape.ts";
import { formatMode, typeName } from "../format_mode.ts";
import { guestPath } from "../guest_path.ts";
import { isoTime, jsonFacts } from "../json_facts.ts";
import { output } from "../output.ts";
import { JSON_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";
import type { Facts } from "../tree.ts";

/** `vfs-server stat`: what is known of names. */
export const stat: Command = treeCommand({
  name: "stat",
  summary: "tell what is known of files",
  usage: "[--json] [--socket PATH] PATH...",
  details: ["Of a symbolic link it tells about the link, never about what the link points to."],
  flags: { ...JSON_FLAG },
  operands: [1, Infinity],
  examples: [
    { purpose: "Type, mode, size and times", line: "vfs-server stat /workspace/README.md" },
  ],
  run: async ({ runtime, log, flags, operands }, tree) =>
    await eachOperand(log, "stat", operands, async (operand) => {
      const path = guestPath(operand);
      const facts = await tree.stat(path);
      const target = isSymlink(facts.mode) ? await tree.readlink(path) : undefined;
      const text = flags.json ? jsonFacts(path, facts, target) : describe(path, facts, target);
      await output(runtime, text);
    }),
});

function describe(path: string, facts: Facts, target: string | undefined): string {
  const { mode, size, blocks, ino, nlink, uid, gid, atime, mtime, ctime } = facts;
  const octal = (mode & S_PERM).toString(8).padStart(4, "0");
  const rows = [
    ["path", escapeText(path)],
    ["type", typeName(mode)],
    ["target", target === undefined ? undefined : escapeText(target)],
    ["mode", `${octal} ${formatMode(mode)}`],
    ["size", `${size} bytes, ${blocks * 512} taken`],
    ["owner", `${uid}:${gid}`],
    ["inode", `${ino}, ${nlink === 1 ? "1 name" : `${nlink} names`}`],
    ["read", isoTime(atime)],
    ["written", isoTime(mtime)],
    ["changed", isoTime(ctime)],
  ];
  return rows.filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${`${name}:`.padEnd(9)}${value}\n`).join("");
}
