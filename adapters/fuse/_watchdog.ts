import { type ChildProcess, spawn } from "node:child_process";

/**
 * Waits for a line. If its standard input ends without one, the process that held the other end is
 * dead, and the mount that it left behind is taken away, if it is still the same one.
 */
const SCRIPT = `trap "" INT TERM HUP
read -r line && exit 0
while read -r _ _ device _ point _; do
  [ "$device" = "$2" ] && { umount -l "$1" || fusermount3 -u -z "$1"; } && exit 0
done < /proc/self/mountinfo`;

/** A process that unmounts if this one dies without having done so, however it dies. */
export class Watchdog {
  readonly #child: ChildProcess;

  /**
   * @param mountPoint What to unmount.
   * @param device Which mount it is.
   */
  constructor(mountPoint: string, device: string) {
    this.#child = spawn("/bin/sh", ["-c", SCRIPT, "sh", mountPoint, device], {
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
