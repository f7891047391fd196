import { type Handle, VfsError } from "../fs/mod.ts";
import type { Node } from "./_node.ts";
import { OpenFile } from "./_open_file.ts";

/** What the kernel has open. */
export class FileTable {
  readonly #files = new Map<number, OpenFile>();
  #nextId = 1;

  get size(): number {
    return this.#files.size;
  }

  add(node: Node, handle: Handle, flags: number): OpenFile {
    const file = new OpenFile(this.#nextId++, node, handle, flags);
    this.#files.set(file.id, file);
    node.files ??= new Set();
    node.files.add(file);
    return file;
  }

  /** @throws {VfsError} EBADF for a number that is not open. */
  get(id: number): OpenFile {
    const file = this.#files.get(id);
    if (file === undefined) throw new VfsError("EBADF");
    return file;
  }

  find(id: number): OpenFile | undefined {
    return this.#files.get(id);
  }

  remove(file: OpenFile): void {
    this.#files.delete(file.id);
    file.node.files?.delete(file);
  }

  /** Empties the table and gives what was in it. */
  removeAll(): OpenFile[] {
    const files = [...this.#files.values()];
    for (const file of files) this.remove(file);
    return files;
  }
}
