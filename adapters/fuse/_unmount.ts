import { writeFileSync } from "node:fs";
import { runCommand } from "./_command.ts";
import { findMount } from "./_mountinfo.ts";

/** How often a busy mount is tried again, in milliseconds. */
const INTERVAL = 50;

/** Whether a mount with this device is at this place. */
export function isMounted(mountPoint: string, device: string): boolean {
  return findMount(mountPoint)?.device === device;
}

/**
 * Takes a mount away: gently while nobody uses it, otherwise after a while from those who do. What
 * they still ask for then fails.
 *
 * @param device Which mount it is; another at the same place is left alone.
 * @param busyGrace How long users get, in milliseconds.
 * @returns Whether it is gone; false if the system does not allow it.
 */
export async function takeAway(
  mountPoint: string,
  device: string,
  busyGrace: number,
): Promise<boolean> {
  const end = performance.now() + busyGrace;
  while (isMounted(mountPoint, device)) {
    if (await tryUnmount(mountPoint, [], ["-u"])) continue;
    if (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
      continue;
    }
    // By force the connection is cut, but what is in use stays in its place; then it is hidden.
    await runCommand("umount", ["-f", mountPoint]);
    if (!isMounted(mountPoint, device)) break;
    abortConnection(device);
    if (!await tryUnmount(mountPoint, ["-l"], ["-u", "-z"])) return false;
  }
  return true;
}

async function tryUnmount(path: string, flags: string[], helperFlags: string[]): Promise<boolean> {
  if ((await runCommand("umount", [...flags, path])).code === 0) return true;
  return (await runCommand("fusermount3", [...helperFlags, path])).code === 0;
}

/**
 * Cuts a connection, so that everyone who still waits for it gets an error. Only root can.
 *
 * @param device Of the mount, `0:N`.
 */
export function abortConnection(device: string): void {
  try {
    writeFileSync(`/sys/fs/fuse/connections/${device.split(":")[1]}/abort`, "1");
  } catch {
    // Not root, or there is no such control: the connection ends when its last user leaves.
  }
}
