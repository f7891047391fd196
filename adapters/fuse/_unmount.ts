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
 * Takes a mount away: gently while nobody uses it, otherwise after a while from those who do.
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
    if (await tryUnmount(mountPoint, false)) continue;
    if (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    } else {
      // Those who have files open keep them until they close them.
      if (await tryUnmount(mountPoint, true)) continue;
      return false;
    }
  }
  return true;
}

async function tryUnmount(mountPoint: string, lazy: boolean): Promise<boolean> {
  const flags = lazy ? ["-l"] : [];
  if ((await runCommand("umount", [...flags, mountPoint])).code === 0) return true;
  const helperFlags = lazy ? ["-u", "-z"] : ["-u"];
  return (await runCommand("fusermount3", [...helperFlags, mountPoint])).code === 0;
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
