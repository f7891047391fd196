import { isDirectory, VfsError } from "../../fs/mod.ts";
import { CommandError } from "../command_error.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { toggle } from "../flag.ts";
import { guestPath } from "../guest_path.ts";
import { treeCommand } from "../tree_command.ts";
import type { Tree } from "../tree.ts";

/** `vfs-server rm`: takes names away. */
export const rm: Command = treeCommand({
  name: "rm",
  summary: "remove files, and directories with -r",
  usage: "[-r] [-f] [--socket PATH] PATH...",
  details: ["Symbolic links are removed, never followed."],
  flags: {
    recursive: toggle({ short: "r", summary: "remove directories and everything below them" }),
    force: toggle({ short: "f", summary: "do not complain about what is not there" }),
  },
  operands: [1, Infinity],
  examples: [
    { purpose: "Remove a file", line: "vfs-server rm /workspace/old.log" },
    { purpose: "Remove a tree", line: "vfs-server rm -r /workspace/node_modules" },
  ],
  run: async ({ log, flags, operands }, tree) =>
    await eachOperand(log, "remove", operands, async (operand) => {
      const path = guestPath(operand);
      try {
        await remove(tree, path, flags.recursive ?? false);
      } catch (error) {
        const isMissing = error instanceof VfsError && error.code === "ENOENT";
        if (!(isMissing && flags.force)) throw error;
      }
    }),
});

async function remove(tree: Tree, path: string, isRecursive: boolean): Promise<void> {
  const { mode } = await tree.stat(path);
  if (!isDirectory(mode)) return await tree.unlink(path);
  if (!isRecursive) throw new CommandError(`Cannot remove ${path}: it is a directory, use rm -r`);
  // With version 2 the server does it; with version 1 the provider, name by name.
  await tree.provider.removeAll(path);
}
