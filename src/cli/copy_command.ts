import { baseName, isDirectory, joinPath } from "../fs/mod.ts";
import { cannot } from "./command_error.ts";
import { type CopyOptions, copyTree, type Place } from "./copy_tree.ts";
import { eachOperand } from "./each_operand.ts";
import { guestPath } from "./guest_path.ts";
import type { Log } from "./log.ts";
import { Progress } from "./progress.ts";
import { UsageError } from "./usage_error.ts";

/** What a command that copies was told. */
export interface CopyRequest {
  readonly log: Log;
  readonly isRecursive: boolean;
  readonly showsProgress: boolean;
}

/**
 * Copies several things to one place: into it if it is a directory.
 *
 * @param sources What, as the user wrote it; each with its place.
 * @param target Where.
 * @param targetName What the user wrote for that; with a slash at the end it is a directory.
 * @returns The exit status.
 */
export async function copyAll(
  { log, isRecursive, showsProgress }: CopyRequest,
  sources: ReadonlyMap<string, Place>,
  target: Place,
  targetName: string,
): Promise<number> {
  const isDirectoryThere = await isDirectoryAt(target, targetName);
  if (!isDirectoryThere && (targetName.endsWith("/") || sources.size > 1)) {
    throw new UsageError(`Cannot copy into ${targetName}: it is not a directory`);
  }
  const progress = new Progress(log, showsProgress);
  const options: CopyOptions = {
    isRecursive,
    progress,
    onSkip: (path, type) => log.write("warn", "skipped", `Left out ${path}: it is a ${type}`),
    onFail(path, error) {
      hasFailed = true;
      log.write("error", "failed", cannot(`copy ${path}`, error).message);
    },
  };
  let hasFailed = false;
  try {
    const status = await eachOperand(log, "copy", [...sources.keys()], async (operand) => {
      const source = sources.get(operand)!;
      const path = isDirectoryThere ? joinPath(target.path, baseName(source.path)) : target.path;
      await copyTree(source, { provider: target.provider, path }, options);
    });
    return hasFailed ? 1 : status;
  } finally {
    progress.end();
  }
}

async function isDirectoryAt({ provider, path }: Place, name: string): Promise<boolean> {
  try {
    const info = await provider.lookup(path);
    return info !== undefined && isDirectory(info.mode);
  } catch (error) {
    throw cannot(`copy to ${name}`, error);
  }
}

/** The places of several operands in one tree. */
export function placesIn(
  provider: Place["provider"],
  operands: readonly string[],
): Map<string, Place> {
  return new Map(operands.map((operand) => [operand, { provider, path: guestPath(operand) }]));
}
