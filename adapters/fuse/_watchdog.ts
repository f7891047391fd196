import { type ChildProcess, spawn } from "node:child_process";

/**
 * Waits for a line. If its standard input ends without one, the process that held the other end is
 * dead, and the mount that it left behind is taken away.
 */
const SCRIPT = `trap "" INT TERM HUP
read -r line && exit 0
while read -r _ _ device _ point _; do
  if [ "$point" = "$2" ] && [ "$device" != "$3" ]; then
    umount -l "$1" || fusermount3 -u -z "$1"
    exit 0
  fi
done < /proc/self/mountinfo`;

/** A process that unmounts if this one dies without having done so, however it dies. */
export class Watchdog {
  readonly #child: ChildProcess;

  /**
   * @param mountPoint Where something is about to be mounted.
   * @param before The device of what is mounted there already, and is none of its business.
   */
  constructor(mountPoint: string, before: string) {
    const args = ["-c", SCRIPT, "sh", mountPoint, escapeMountPoint(mountPoint), before];
    this.#child = spawn("/bin/sh", args, {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      cwd: "/",
    });
    this.#child.on("error", () => {}); // no shell, no watchdog: the next start repairs the mount
    this.#child.stdin?.on("error", () => {});
    this.#child.unref();
    (this.#child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  /** There is nothing to watch any more. */
  dismiss(): void {
    this.#child.stdin?.end("done\n");
  }
}

/** How `/proc/self/mountinfo` writes a path. */
function escapeMountPoint(path: string): string {
  return path.replace(
    /[ \t\n\\]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}
