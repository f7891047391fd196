import { O_RDONLY, VfsError } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { eachOperand } from "../each_operand.ts";
import { guestPath } from "../guest_path.ts";
import { output } from "../output.ts";
import { CHUNK, type OpenFile, type Tree } from "../tree.ts";
import { treeCommand } from "../tree_command.ts";

/** `vfs-server cat`: the content of files. */
export const cat: Command = treeCommand({
  name: "cat",
  summary: "write files to the standard output",
  usage: "[--socket PATH] PATH...",
  details: ["The bytes are written as they are, piece by piece, whatever the size of the file."],
  flags: {},
  operands: [1, Infinity],
  examples: [
    { purpose: "Read a file", line: "vfs-server cat /workspace/README.md" },
    { purpose: "Copy a file out", line: "vfs-server cat /workspace/a.tar > a.tar" },
  ],
  run: async ({ runtime, log, operands }, tree) =>
    await eachOperand(log, "read", operands, async (operand) => {
      const path = guestPath(operand);
      const file = await openNoLink(tree, path);
      try {
        for (let offset = 0;;) {
          const piece = await file.read(offset, CHUNK);
          if (piece.length === 0) break;
          await output(runtime, piece);
          offset += piece.length;
        }
      } finally {
        await file.close();
      }
    }),
});

/** Says of a symbolic link what it is: ELOOP, which is the answer, reads as if there were a loop. */
async function openNoLink(tree: Tree, path: string): Promise<OpenFile> {
  try {
    return await tree.open(path, O_RDONLY);
  } catch (error) {
    if (!(error instanceof VfsError) || error.code !== "ELOOP") throw error;
    const target = await tree.readlink(path);
    throw new CommandError(
      `Cannot read ${path}: it is a symbolic link to ${target}, and none is followed here`,
    );
  }
}
