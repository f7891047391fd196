import { baseName, cleanPath, isDirectory, joinPath } from "../fs/mod.ts";
import { type CopyOptions, copyTree, type Place } from "./copy_tree.ts";
import { eachOperand } from "./each_operand.ts";
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
 * @param isInto Whether the user wrote a directory, by a slash at the end.
 * @returns The exit status.
 */
export async function copyAll(
  { log, isRecursive, showsProgress }: CopyRequest,
  sources: ReadonlyMap<string, Place>,
  target: Place,
  isInto: boolean,
): Promise<number> {
  const existing = await target.provider.lookup(target.path);
  const isDirectoryThere = existing !== undefined && isDirectory(existing.mode);
  if (!isDirectoryThere && (isInto || sources.size > 1)) {
    throw new UsageError(`Cannot copy into ${target.path}: it is not a directory`);
  }
  const progress = new Progress(log, showsProgress);
  const options: CopyOptions = {
    isRecursive,
    progress,
    onSkip: (path, type) => log.write("warn", "skipped", `Left out ${path}: it is a ${type}`),
  };
  try {
    return await eachOperand(log, "copy", [...sources.keys()], async (operand) => {
      const source = sources.get(operand)!;
      const path = isDirectoryThere ? joinPath(target.path, baseName(source.path)) : target.path;
      await copyTree(source, { provider: target.provider, path }, options);
    });
  } finally {
    progress.end();
  }
}

/** The places of several operands in one tree. */
export function placesIn(
  provider: Place["provider"],
  operands: readonly string[],
): Map<string, Place> {
  return new Map(operands.map((operand) => [operand, { provider, path: cleanPath(operand) }]));
}
