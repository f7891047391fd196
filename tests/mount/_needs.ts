import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import process from "node:process";

/** Why mounts cannot be tested here, or `undefined` if they can. */
const cannotMount: string | undefined = (() => {
  if (process.platform !== "linux") return "mounts need Linux";
  if (process.getuid?.() !== 0) return "mounting in tests needs root";
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
  } catch {
    return "there is no /dev/fuse";
  }
  return undefined;
})();

const told = new Set<string>();

/**
 * Why a test of mounts is skipped, or `false` if it is not. Not every runtime prints why it skipped a
 * test, so this does, once.
 *
 * @param programs What the test needs beside root and the device.
 */
export function skipWithout(...programs: readonly string[]): string | false {
  const missing = cannotMount === undefined ? programs.find(isMissing) : undefined;
  const reason = cannotMount ?? (missing === undefined ? false : `${missing} is not installed`);
  if (reason !== false && !told.has(reason)) console.log(`Skipped: ${reason}`);
  if (reason !== false) told.add(reason);
  return reason;
}

function isMissing(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status !== 0;
}
