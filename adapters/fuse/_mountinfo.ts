import { readFileSync } from "node:fs";

/** One mount, as `/proc/self/mountinfo` tells of it. */
export interface MountEntry {
  /** Where it is, with every character as it is. */
  readonly mountPoint: string;
  /** Major and minor number of its device; of a FUSE mount, the second is its connection. */
  readonly device: string;
  /** The type of the filesystem, for instance `fuse.vfs`. */
  readonly type: string;
}

/** Reads the mounts of this process, in the order in which they were made. */
export function readMounts(): MountEntry[] {
  const entries: MountEntry[] = [];
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const fields = line.split(" ");
    const type = fields[fields.indexOf("-") + 1];
    const [, , device, , mountPoint] = fields;
    if (device === undefined || mountPoint === undefined || type === undefined) continue;
    entries.push({ mountPoint: unescape(mountPoint), device, type });
  }
  return entries;
}

/** The uppermost mount at a place. */
export function findMount(mountPoint: string): MountEntry | undefined {
  return readMounts().findLast((entry) => entry.mountPoint === mountPoint);
}

export function isFuse(entry: MountEntry): boolean {
  return entry.type === "fuse" || entry.type.startsWith("fuse.");
}

/** Blanks and the like are written in octal. */
function unescape(text: string): string {
  return text.replace(
    /\\([0-7]{3})/g,
    (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
