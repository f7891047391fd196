import {
  baseName,
  isDirectory,
  joinPath,
  O_CREAT,
  O_TRUNC,
  O_WRONLY,
  VfsError,
} from "../../fs/mod.ts";
import type { Runtime } from "../../../adapters/runtime.ts";
import { cannot } from "../command_error.ts";
import type { Command } from "../command.ts";
import { guestPath } from "../guest_path.ts";
import { type LocalFile, openLocal } from "../local_file.ts";
import { PROGRESS_FLAG } from "../output_flags.ts";
import { Progress } from "../progress.ts";
import { CHUNK, type OpenFile, type Tree } from "../tree.ts";
import { treeCommand } from "../tree_command.ts";
import { UsageError } from "../usage_error.ts";

/** `vfs-server put`: a file into the tree. */
export const put: Command = treeCommand({
  name: "put",
  summary: "write a file, or the standard input, into the tree",
  usage: "[--socket PATH] LOCAL|- PATH",
  details: [
    "LOCAL is a file of this machine; - is the standard input. If PATH is a directory, the file " +
    "gets its own name there. A file that is there is replaced.",
  ],
  flags: { ...PROGRESS_FLAG },
  operands: [2, 2],
  examples: [
    { purpose: "A file into a directory", line: "vfs-server put notes.md /workspace/" },
    { purpose: "What a program writes", line: "git diff | vfs-server put - /workspace/a.diff" },
  ],
  run: async ({ runtime, log, flags, operands }, tree) => {
    const [local, remote] = operands as [string, string];
    const source = local === "-" ? standardInput(runtime) : await openLocalOrSay(runtime, local);
    const progress = new Progress(log, flags.progress ?? false);
    try {
      const path = await targetPath(tree, local, remote);
      await copyTo(tree, path, source, progress);
    } finally {
      progress.end();
      await source.close();
    }
    return 0;
  },
});

function standardInput(runtime: Runtime): LocalFile {
  return { mode: 0o644, pieces: runtime.stdin(), close: () => {} };
}

async function openLocalOrSay(runtime: Runtime, local: string): Promise<LocalFile> {
  try {
    return await openLocal(runtime, local);
  } catch (error) {
    throw cannot(`read ${local}`, error);
  }
}

async function targetPath(tree: Tree, local: string, remote: string): Promise<string> {
  const path = guestPath(remote);
  if (!remote.endsWith("/") && !await isDirectoryAt(tree, path)) return path;
  if (local === "-") {
    throw new UsageError(`Cannot write ${remote}: the standard input needs the name of a file`);
  }
  return joinPath(path, baseName(local));
}

async function isDirectoryAt(tree: Tree, path: string): Promise<boolean> {
  try {
    return isDirectory((await tree.stat(path)).mode);
  } catch (error) {
    // What is not there will be made; whatever else is wrong, opening it will say so.
    if (error instanceof VfsError) return false;
    throw error;
  }
}

async function copyTo(
  tree: Tree,
  path: string,
  source: LocalFile,
  progress: Progress,
): Promise<void> {
  try {
    const file = await tree.open(path, O_WRONLY | O_CREAT | O_TRUNC, source.mode & 0o777);
    try {
      await writeAll(file, source.pieces, progress);
    } finally {
      await file.close();
    }
    progress.files++;
  } catch (error) {
    throw cannot(`write ${path}`, error);
  }
}

async function writeAll(
  file: OpenFile,
  pieces: AsyncIterable<Uint8Array>,
  progress: Progress,
): Promise<void> {
  let offset = 0;
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length;) {
      const count = await file.write(offset, piece.subarray(start, start + CHUNK));
      if (count === 0) throw new VfsError("ENOSPC");
      start += count;
      offset += count;
      progress.bytes += count;
    }
  }
}
