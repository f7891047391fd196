import { isDirectory, isSymlink, type Provider } from "../../fs/mod.ts";
import type { Runtime } from "../../../adapters/runtime.ts";
import { cannot } from "../command_error.ts";
import type { Command } from "../command.ts";
import { copyAll, placesIn } from "../copy_command.ts";
import type { Place } from "../copy_tree.ts";
import { toggle } from "../flag.ts";
import { closeProvider } from "../local_file.ts";
import { splitLocal } from "../local_path.ts";
import { PROGRESS_FLAG } from "../output_flags.ts";
import { treeCommand } from "../tree_command.ts";

/** `vfs-server get`: out of the tree, onto this machine. */
export const get: Command = treeCommand({
  name: "get",
  summary: "copy files to this machine, and directories with -r",
  usage: "[-r] [--socket PATH] PATH... LOCAL",
  details: [
    "If LOCAL is a directory, the copies get the same names there. Nothing outside of it is " +
    "written: links in the tree are copied as links, and links on this machine are not followed " +
    "below LOCAL.",
  ],
  flags: {
    recursive: toggle({ short: "r", summary: "copy directories and everything below them" }),
    ...PROGRESS_FLAG,
  },
  operands: [2, Infinity],
  examples: [
    { purpose: "A file", line: "vfs-server get /workspace/result.json ." },
    { purpose: "A tree", line: "vfs-server get -r /workspace ./copy" },
  ],
  run: async ({ runtime, log, flags, operands }, { provider }) => {
    const local = operands.at(-1)!;
    const target = await localPlace(runtime, local);
    try {
      return await copyAll(
        { log, isRecursive: flags.recursive ?? false, showsProgress: flags.progress ?? false },
        placesIn(provider, operands.slice(0, -1)),
        target,
        local,
      );
    } finally {
      closeProvider(target.provider);
    }
  },
});

/** A place on this machine, in a directory that nothing below leaves. */
async function localPlace(runtime: Runtime, local: string): Promise<Place> {
  const bare = local.replace(/(?<=.)\/+$/, "");
  const { directory, name } = splitLocal(bare);
  try {
    if (name === "" || name === "." || name === "..") return opened(runtime, bare);
    const parent = runtime.openDirectory(directory === "" ? "/" : directory);
    const found = await parent.lookup(`/${name}`);
    if (found === undefined || !(isDirectory(found.mode) || isSymlink(found.mode))) {
      return { provider: parent, path: `/${name}` };
    }
    closeProvider(parent);
    return opened(runtime, bare);
  } catch (error) {
    throw cannot(`write ${local}`, error);
  }
}

function opened(runtime: Runtime, directory: string): Place {
  const provider: Provider = runtime.openDirectory(directory);
  return { provider, path: "/" };
}
