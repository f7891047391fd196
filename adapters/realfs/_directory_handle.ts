import { type DirPageEntry, VfsError } from "../../src/fs/mod.ts";
import { O_DIRECTORY } from "./_abi.ts";
import { HostHandle } from "./_host_handle.ts";
import { listEntry } from "./_list_entry.ts";
import type { HostEntry, HostListing } from "./syscalls.ts";
import type { Volume } from "./_volume.ts";

/**
 * An open directory. It is read part by part, and a part is kept only as long as the client may
 * come back to it, so a directory of any size costs the memory of two parts.
 *
 * A cursor is the number of names before it, in the order of the host.
 */
export class DirectoryHandle extends HostHandle {
  readonly #device: number;
  #listing: HostListing | undefined;
  /** Names that were read, the first of which has the number `#first`. */
  #names: HostEntry[] = [];
  #first = 0;

  /** @param directory A descriptor that is open for reading, on `device`. */
  constructor(volume: Volume, directory: number, device: number) {
    super(volume, directory);
    this.#device = device;
  }

  override readAt(): never {
    throw new VfsError("EISDIR");
  }

  override readDir(cursor: number, limit: number, plus = false): DirPageEntry[] {
    if (!Number.isSafeInteger(cursor) || cursor < 0 || !(limit >= 1)) throw new VfsError("EINVAL");
    const directory = this.descriptor;
    this.#goTo(directory, cursor);
    const page: DirPageEntry[] = [];
    for (let i = cursor; page.length < limit; i++) {
      const entry = this.#nameAt(i);
      if (entry === undefined) break;
      const told = listEntry(this.volume, directory, this.#device, entry, plus);
      if (told !== undefined) page.push({ ...told, cursor: i + 1 });
    }
    return page;
  }

  /** Makes `#names` begin at a cursor, so that the client can go back as far as that. */
  #goTo(directory: number, cursor: number): void {
    if (this.#listing === undefined || cursor < this.#first || cursor === 0) {
      this.#listing?.close();
      this.#listing = this.volume.syscalls.list(directory);
      this.#names = [];
      this.#first = 0;
    }
    while (this.#first < cursor && this.#nameAt(this.#first) !== undefined) {
      const surplus = Math.min(cursor - this.#first, this.#names.length);
      this.#names.splice(0, surplus);
      this.#first += surplus;
    }
  }

  #nameAt(i: number): HostEntry | undefined {
    if (i - this.#first >= this.#names.length) this.#names.push(...this.#listing!.next());
    return this.#names[i - this.#first];
  }

  protected override reopen(descriptor: number): number {
    return this.volume.syscalls.reopen(descriptor, O_DIRECTORY);
  }

  protected override release(): void {
    this.#names = [];
    this.#listing?.close();
  }
}
