import { type Handle, VfsError } from "../fs/mod.ts";
import type { Node } from "./_node.ts";
import { OpenFile } from "./_open_file.ts";

/** What the kernel has open. A number is free again when it is closed; numbers begin at 1. */
export class FileTable {
  readonly #files: (OpenFile | undefined)[] = [undefined];
  readonly #free: number[] = [];

  get size(): number {
    return this.#files.length - 1 - this.#free.length;
  }

  add(node: Node, handle: Handle, flags: number): OpenFile {
    const id = this.#free.pop() ?? this.#files.length;
    const file = new OpenFile(id, node, handle, flags);
    this.#files[id] = file;
    node.files ??= [];
    file.place = node.files.push(file) - 1;
    return file;
  }

  /** @throws {VfsError} EBADF for a number that is not open. */
  get(id: number): OpenFile {
    const file = this.#files[id];
    if (file === undefined) throw new VfsError("EBADF");
    return file;
  }

  find(id: number): OpenFile | undefined {
    return this.#files[id];
  }

  /** Takes a file out of the table; one that is not in it any more is left alone. */
  remove(file: OpenFile): void {
    if (this.#files[file.id] !== file) return;
    this.#files[file.id] = undefined;
    this.#free.push(file.id);
    // The last takes the place of what goes.
    const files = file.node.files!;
    const last = files.pop()!;
    if (last === file) return;
    files[file.place] = last;
    last.place = file.place;
  }

  /** Empties the table and gives what was in it. */
  removeAll(): OpenFile[] {
    const files = this.#files.filter((file) => file !== undefined);
    for (const file of files) this.remove(file);
    return files;
  }
}
