import { type Dentry, dentryPath } from "./_dentry.ts";

/** A file that somebody has open, or that has several names, and where it is now. */
export class TrackedFile {
  /** The inode number, once it is known. */
  ino: bigint | undefined;
  /** Its names; several for hard links, none when the last one is gone. */
  dentries: Dentry[] = [];
  /** How many open handles there are. */
  handles = 0;
  /** Whether its names are worth knowing while nobody has it open. */
  keep = false;
  /** The file that this one turned out to be. */
  mergedInto: TrackedFile | undefined;
  /** What it was called when it lost its last name: it is judged by that from then on. */
  lastPath = "/";
  #paths: readonly string[] = [];
  #epoch = -1;

  /** Notes its first name, whose path need not be put together then. */
  begin(dentry: Dentry, path: string, epoch: number): void {
    this.dentries.push(dentry);
    this.lastPath = path;
    this.#paths = [path];
    this.#epoch = epoch;
  }

  /** The file that this one is, or turned out to be. */
  current(): TrackedFile {
    return this.mergedInto === undefined ? this : this.mergedInto.current();
  }

  /** Its paths at present, or the last it had. The array is the same until a name changes. */
  paths(epoch: number): readonly string[] {
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      const paths = this.dentries.map(dentryPath);
      this.#paths = paths.length === 0 ? [this.lastPath] : paths;
    }
    return this.#paths;
  }
}
