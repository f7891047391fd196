import { baseName, isDirectory, joinPath, RENAME_NOREPLACE } from "../../fs/mod.ts";
import { cannot } from "../command_error.ts";
import type { Command } from "../command.ts";
import { eachOperand } from "../each_operand.ts";
import { toggle } from "../flag.ts";
import { guestPath } from "../guest_path.ts";
import { treeCommand } from "../tree_command.ts";
import { UsageError } from "../usage_error.ts";

/** `vfs-server mv`: gives other names. */
export const mv: Command = treeCommand({
  name: "mv",
  summary: "give files and directories other names",
  usage: "[-n] [--socket PATH] PATH... TARGET",
  details: [
    "If TARGET is a directory, they keep their names there. What has the name is replaced.",
  ],
  flags: { noClobber: toggle({ short: "n", summary: "never replace anything" }) },
  operands: [2, Infinity],
  examples: [{ purpose: "Another name", line: "vfs-server mv /workspace/a.ts /workspace/b.ts" }],
  run: async ({ log, flags, operands }, { provider }) => {
    const target = operands.at(-1)!;
    const path = guestPath(target);
    const sources = operands.slice(0, -1);
    const found = await Promise.resolve(provider.lookup(path)).catch((error) => {
      throw cannot(`move to ${target}`, error);
    });
    const isInto = found !== undefined && isDirectory(found.mode);
    if (!isInto && (sources.length > 1 || target.endsWith("/"))) {
      throw new UsageError(`Cannot move into ${target}: it is not a directory`);
    }
    const renameFlags = flags.noClobber ? RENAME_NOREPLACE : 0;
    return await eachOperand(log, "move", sources, async (operand) => {
      const from = guestPath(operand);
      const to = isInto ? joinPath(path, baseName(from)) : path;
      await provider.rename(from, to, renameFlags);
    });
  },
});
