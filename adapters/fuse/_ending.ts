import { spawnSync } from "node:child_process";
import process from "node:process";
import { isMounted } from "./_unmount.ts";
import { Watchdog } from "./_watchdog.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Sees to it that a mount ends with its process, however the process ends: by a signal, by
 * `process.exit`, by an uncaught error, or by `kill -9`.
 *
 * @param threaded Whether a thread of its own serves it.
 * @param signals Whether the signals that ask a process to end unmount.
 * @param unmount How to unmount.
 * @returns Calls all of it off, when the mount has ended.
 */
export function ending(
  mountPoint: string,
  device: string,
  threaded: boolean,
  signals: boolean,
  unmount: () => Promise<void>,
): () => void {
  const watchdog = new Watchdog(mountPoint, device);
  const onSignal = () => void unmount();
  // A thread that waits for the kernel keeps its process from ending, so the wait has to end. What
  // this thread serves must not be touched here; the watchdog sees to it.
  const onExit = () => {
    if (threaded && isMounted(mountPoint, device)) {
      spawnSync("umount", ["-l", mountPoint], { timeout: 5000 });
    }
  };
  if (signals) { for (const signal of SIGNALS) process.on(signal, onSignal); }
  process.on("exit", onExit);
  return () => {
    watchdog.dismiss();
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("exit", onExit);
  };
}
