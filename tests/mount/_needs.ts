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

/** Which of the three runtimes this is. */
const RUNTIME = "Deno" in globalThis ? 0 : process.versions.bun !== undefined ? 1 : 2;

/**
 * Whether this runtime takes its turn with one of many tests. All of them on every runtime take many
 * minutes; without `MOUNT_FULL=1` the runtimes share them out, and together do everything once.
 */
export function isMine(index: number): boolean {
  return process.env.MOUNT_FULL === "1" || index % 3 === RUNTIME;
}
