import { execFileSync } from "node:child_process";

/**
 * Mounts a small filesystem in memory over a directory, or another directory that is bound there.
 *
 * @returns What unmounts it, or `undefined` where this process may not mount.
 */
export function mountOver(directory: string, bound?: string): (() => void) | undefined {
  const args = bound === undefined
    ? ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]
    : ["--bind", bound, directory];
  try {
    execFileSync("mount", args, { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return () => execFileSync("umount", ["-l", directory]);
}
