import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";

/** What a name can stand for. */
export const KINDS = [
  "absent",
  "file",
  "directory",
  "link to a file",
  "link to a directory",
  "dangling link",
  "link to itself",
  "fifo",
  "socket",
  "device",
] as const;

/** What a name stands for. */
export type Kind = (typeof KINDS)[number];

/** Whether a device can be made by this process. */
export const mayMakeDevices: boolean = process.getuid?.() === 0;

/** Special files, to be linked to wherever one is wanted: they are slow to make. */
export class Specials {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async make(directory: string): Promise<Specials> {
    fs.mkdirSync(directory);
    execFileSync("mkfifo", [join(directory, "fifo")]);
    // The null device: whoever opens it by mistake does no harm.
    if (mayMakeDevices) execFileSync("mknod", [join(directory, "device"), "c", "1", "3"]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(directory, "listening"), resolve));
    fs.linkSync(join(directory, "listening"), join(directory, "socket"));
    await new Promise((resolve) => server.close(resolve));
    return new Specials(directory);
  }

  /** Makes what a name shall stand for. */
  put(path: string, kind: Kind): void {
    switch (kind) {
      case "absent":
        return;
      case "file":
        return fs.writeFileSync(path, "content");
      case "directory":
        return fs.mkdirSync(path);
      case "link to a file":
        return fs.symlinkSync("/etc/passwd", path);
      case "link to a directory":
        return fs.symlinkSync("../..", path);
      case "dangling link":
        return fs.symlinkSync("/no/such/name", path);
      case "link to itself":
        return fs.symlinkSync("x", path);
      default:
        return fs.linkSync(join(this.#directory, kind), path);
    }
  }
}
