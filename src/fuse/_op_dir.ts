import { andThen, type Awaitable, type DirPageEntry, S_IFDIR, VfsError } from "../fs/mod.ts";
import { DIRENT, ENTRY_OUT, OUT_HEADER, UNKNOWN_INO } from "./_abi.ts";
import type { Core } from "./_core.ts";
import { putEntry } from "./_encode.ts";
import { Described } from "./_described.ts";
import type { Node } from "./_node.ts";
import type { OpenFile } from "./_open_file.ts";
import type { Request } from "./_request.ts";
import { encodeText, isListable } from "./_text.ts";

/**
 * Places in a directory, as the kernel knows them: 0 is the start, 1 comes after `.`, 2 after `..`,
 * and the provider's own cursors follow, moved up by 2.
 */
const DOTS = 2;

export function readdir(core: Core, request: Request): Awaitable<void> {
  return list(core, request, false);
}

export function readdirplus(core: Core, request: Request): Awaitable<void> {
  return list(core, request, true);
}

function list(core: Core, request: Request, plus: boolean): Awaitable<void> {
  const file = core.files.get(request.u64(0));
  const offset = request.u64(2);
  const room = Math.min(request.u32(4), core.options.maxWrite);
  const cursor = Math.max(0, offset - DOTS);
  const smallest = plus ? ENTRY_OUT + DIRENT + 8 : DIRENT + 8;
  const limit = Math.max(1, Math.floor(room / smallest));
  if (offset === 0) begin(core, file, plus);
  const describes = plus && file.describes;
  const page =
    file.pageCursor === cursor && file.pageDescribed === describes && file.page.length > 0
      ? file.page
      : file.run(() => file.handle.readDir(cursor, limit, describes, request));
  return andThen(page, (page) => {
    const writer = new Listing(core, file.node, cursor, OUT_HEADER + room, plus);
    if (offset < 1) writer.add(".", file.node.info.ino, S_IFDIR, 1);
    if (offset < 2) writer.add("..", parentIno(file.node), S_IFDIR, 2);
    let taken = 0;
    while (taken < page.length && writer.addEntry(page[taken]!)) taken++;
    file.listed += taken;
    if (page.length === 0) file.node.described?.listed(file.listed);
    keepRest(file, page, taken, cursor, describes);
    core.send(request, writer.at - OUT_HEADER);
  });
}

/** A listing begins. */
function begin(core: Core, file: OpenFile, plus: boolean): void {
  file.listed = 0;
  const described = file.node.described ??= new Described();
  if (plus) file.describes = described.begin(core.options);
}

/** Keeps what found no room, for the next request. */
function keepRest(
  file: OpenFile,
  page: DirPageEntry[],
  taken: number,
  cursor: number,
  described: boolean,
): void {
  file.page = page.slice(taken);
  file.pageCursor = taken > 0 ? page[taken - 1]!.cursor : cursor;
  file.pageDescribed = described;
}

function parentIno(node: Node): bigint {
  return (node.dentries[0]?.parent ?? node).info.ino;
}

/** Writes entries into the reply until there is no more room. */
class Listing {
  /** Where the next entry goes. */
  at = OUT_HEADER;
  /** The cursor of the entry before. */
  #last: number;
  readonly #core: Core;
  readonly #directory: Node;
  readonly #end: number;
  readonly #plus: boolean;

  constructor(core: Core, directory: Node, cursor: number, end: number, plus: boolean) {
    this.#core = core;
    this.#directory = directory;
    this.#last = cursor;
    this.#end = end;
    this.#plus = plus;
  }

  /** @returns Whether there was room. */
  addEntry(entry: DirPageEntry): boolean {
    const { name, ino, mode, cursor } = entry;
    if (!isListable(name)) throw new VfsError("EIO", JSON.stringify(name));
    // A listing that does not go on would never end.
    if (!Number.isSafeInteger(cursor + DOTS) || cursor <= this.#last) throw new VfsError("EIO");
    const start = this.at;
    if (!this.add(name, ino, mode, cursor + DOTS)) return false;
    this.#last = cursor;
    if (!this.#plus || entry.info === undefined) return true;
    const core = this.#core;
    const node = core.know(this.#directory, name, entry.info);
    putEntry(core.out, start >> 2, node, entry.info, core.entryLifetime, core.attrLifetime);
    return true;
  }

  /** Writes `struct fuse_dirent`, behind an entry without a node where attributes are wanted. */
  add(name: string, ino: bigint, mode: number, next: number): boolean {
    const { out } = this.#core;
    const start = this.#plus ? this.at + ENTRY_OUT : this.at;
    if (start + DIRENT > this.#end) return false;
    const length = encodeText(name, out.bytes, start + DIRENT);
    const end = (start + DIRENT + length + 7) & ~7;
    if (length < 0 || end > this.#end) return false;
    const word = start >> 2;
    // An entry without a node. So few words are cleared sooner than a function for it is called.
    if (this.#plus) { for (let i = this.at >> 2; i < word; i++) out.u32[i] = 0; }
    out.u64[word >> 1] = ino === 0n ? UNKNOWN_INO : ino;
    out.put64(word + 2, next);
    out.u32[word + 4] = length;
    out.u32[word + 5] = mode >> 12;
    this.at = end;
    return true;
  }
}
