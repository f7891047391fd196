import { cleanPath, O_RDONLY } from "../../fs/mod.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { output } from "../output.ts";
import { CHUNK } from "../tree.ts";
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
      const file = await tree.open(cleanPath(operand), O_RDONLY);
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
