import type { Command } from "../command.ts";
import { copyAll, placesIn } from "../copy_command.ts";
import { toggle } from "../flag.ts";
import { guestPath } from "../guest_path.ts";
import { PROGRESS_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";

/** `vfs-server cp`: copies within the tree. */
export const cp: Command = treeCommand({
  name: "cp",
  summary: "copy files within the tree, and directories with -r",
  usage: "[-r] [--socket PATH] PATH... TARGET",
  details: [
    "If TARGET is a directory, the copies get the same names there. The server copies what it can " +
    "by itself. Symbolic links are copied as they are; fifos, sockets and devices are left out.",
  ],
  flags: {
    recursive: toggle({ short: "r", summary: "copy directories and everything below them" }),
    ...PROGRESS_FLAG,
  },
  operands: [2, Infinity],
  examples: [{
    purpose: "A copy beside it",
    line: "vfs-server cp -r /workspace/src /workspace/old",
  }],
  run: async ({ log, flags, operands }, { provider }) => {
    const target = operands.at(-1)!;
    return await copyAll(
      { log, isRecursive: flags.recursive ?? false, showsProgress: flags.progress ?? false },
      placesIn(provider, operands.slice(0, -1)),
      { provider, path: guestPath(target) },
      target,
    );
  },
});
