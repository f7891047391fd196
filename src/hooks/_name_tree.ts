import { baseName, parentPath } from "../fs/path.ts";
import { dentriesWithFile, Dentry, dentryPath, detachDentry, emptyDentries } from "./_dentry.ts";
import { TrackedFile } from "./_tracked_file.ts";

/** After how many closed files the directories are forgotten in which nothing is open. */
const SWEEP = 4096;

/** A path that was opened, and not closed yet. */
export interface OpenName {
  /** The path that it was opened by. */
  readonly path: string;
  /** The file, as soon as anybody asks for it or its name could change. */
  file: TrackedFile | undefined;
  /** Where it is among what was opened recently, until it has a file. */
  slot: number;
}

/**
 * Knows the names of open files and of files with several names, through every rename, link and
 * removal that is made by way of the intercepting provider.
 *
 * It holds names, not paths, so that the rename of a directory moves one node however many files
 * are open below it.
 */
export class NameTree {
  /** Goes up whenever a name that is of interest changes: paths worked out before are stale then. */
  epoch = 0;
  #closedSinceSweep = 0;
  readonly #root = new Dentry("", undefined);
  /** The directory in which a name was looked for last: the next is often in the same. */
  #near: { readonly directory: string; readonly dentry: Dentry } | undefined;
  /** Files with several names, by inode number. */
  readonly #shared = new Map<bigint, TrackedFile>();
  /**
   * What was opened since a name was last looked for or changed. Most files are closed before that
   * happens, and need no place in the tree.
   */
  readonly #recent: OpenName[] = [];

  /** The file that is known to have this name. */
  fileAt(path: string): TrackedFile | undefined {
    this.#settle();
    return this.#at(path)?.file;
  }

  /** The file with this inode number that is known to have several names. */
  shared(ino: bigint): TrackedFile | undefined {
    return this.#shared.get(ino);
  }

  /** Whether any file is known to have several names. */
  get hasShared(): boolean {
    return this.#shared.size > 0;
  }

  /** Notes that a path was opened. */
  opened(name: OpenName): void {
    name.slot = this.#recent.push(name) - 1;
  }

  /** Finds the file that was opened by a name. */
  fileOf(name: OpenName): TrackedFile {
    if (name.file === undefined) this.#settle();
    return name.file!.current();
  }

  /** Notes that it was closed, and forgets the file if nothing else is worth knowing. */
  closed(name: OpenName): void {
    if (name.file !== undefined) return this.#closed(name.file.current());
    const last = this.#recent.pop()!;
    if (last === name) return;
    this.#recent[name.slot] = last;
    last.slot = name.slot;
  }

  /** Gives everything that was opened its place in the tree. */
  #settle(): void {
    for (const name of this.#recent) {
      name.file = this.#fileFor(name.path);
      name.file.handles++;
    }
    this.#recent.length = 0;
  }

  #closed(file: TrackedFile): void {
    if (--file.handles > 0 || file.keep) return;
    this.#unshare(file);
    for (const dentry of file.dentries) {
      dentry.file = undefined;
      // The directories above stay for the next file, until there are too many of them.
      if (dentry.children === undefined) dentry.parent?.children?.delete(dentry.name);
    }
    file.dentries = [];
    if (++this.#closedSinceSweep > SWEEP) this.#sweep();
  }

  /** Forgets the directories in which nothing is of interest. */
  #sweep(): void {
    this.#closedSinceSweep = 0;
    for (const dentry of emptyDentries(this.#root)) this.#detach(dentry);
  }

  /**
   * Notes that a path is a name of the file with this number, which has several.
   *
   * @param keep Whether to know it also while nobody has it open.
   */
  named(path: string, ino: bigint, keep: boolean): void {
    this.#settle();
    let file = this.#fileFor(path);
    if (file.ino !== undefined && file.ino !== ino) {
      // The name stands for something else now, by way of somebody else: the old file has lost it.
      this.removed(path);
      file = this.#fileFor(path);
    }
    const known = this.#shared.get(ino);
    if (known !== undefined && known !== file) this.#merge(file, known);
    file = file.current();
    file.ino = ino;
    file.keep ||= keep;
    this.#shared.set(ino, file);
  }

  /** Notes which file it is that somebody has open by a name that is gone. */
  identified(file: TrackedFile, ino: bigint): void {
    const known = this.#shared.get(ino);
    if (known !== undefined && known !== file) this.#merge(file, known);
  }

  /** Notes that a name is gone, and everything below it. */
  removed(path: string): void {
    this.#settle();
    const dentry = this.#at(path);
    if (dentry === undefined) return;
    this.epoch++;
    for (const each of dentriesWithFile(dentry)) {
      const file = each.file!;
      file.lastPath = dentryPath(each);
      file.dentries = file.dentries.filter((dentry) => dentry !== each);
      each.file = undefined;
      if (file.dentries.length === 0) this.#unshare(file);
    }
    this.#detach(dentry);
  }

  /** Notes a rename. */
  renamed(from: string, to: string): void {
    // To its own name, which changes nothing and must not take the names below for replaced.
    if (from === to) return;
    this.#settle();
    const source = this.#at(from);
    const target = this.#at(to);
    if (source === undefined && target === undefined) return;
    if (source?.file !== undefined && source.file === target?.file) return;
    this.removed(to);
    this.epoch++;
    if (source === undefined) return;
    this.#detach(source);
    this.#attach(source, to);
  }

  /** Notes an exchange of two names. */
  exchanged(a: string, b: string): void {
    if (a === b) return;
    this.#settle();
    const first = this.#at(a);
    const second = this.#at(b);
    if (first === undefined && second === undefined) return;
    this.epoch++;
    if (first !== undefined) this.#detach(first);
    if (second !== undefined) this.#detach(second);
    if (first !== undefined) this.#attach(first, b);
    if (second !== undefined) this.#attach(second, a);
  }

  /** The number of a file without a name can become another file's. */
  #unshare(file: TrackedFile): void {
    if (file.ino !== undefined && this.#shared.get(file.ino) === file) {
      this.#shared.delete(file.ino);
    }
  }

  #attach(dentry: Dentry, path: string): void {
    const parent = this.#ensure(parentPath(path));
    dentry.name = baseName(path);
    dentry.parent = parent;
    (parent.children ??= new Map()).set(dentry.name, dentry);
  }

  /** Handles go on holding the file that they were given; it leads to the other. */
  #merge(from: TrackedFile, into: TrackedFile): void {
    this.epoch++;
    for (const dentry of from.dentries) {
      dentry.file = into;
      into.dentries.push(dentry);
    }
    from.dentries = [];
    from.mergedInto = into;
    into.handles += from.handles;
    into.keep ||= from.keep;
  }

  #fileFor(path: string): TrackedFile {
    const dentry = this.#ensure(path);
    if (dentry.file === undefined) {
      dentry.file = new TrackedFile();
      dentry.file.begin(dentry, path, this.epoch);
    }
    return dentry.file;
  }

  #at(path: string): Dentry | undefined {
    let at: Dentry | undefined = this.#root;
    for (let start = 1; start < path.length && at !== undefined;) {
      const end = nameEnd(path, start);
      at = at.children?.get(path.slice(start, end));
      start = end + 1;
    }
    return at;
  }

  #ensure(path: string): Dentry {
    if (path === "/") return this.#root;
    const slash = path.lastIndexOf("/");
    const near = this.#near;
    if (near !== undefined && near.directory.length === slash && path.startsWith(near.directory)) {
      return childOf(near.dentry, path.slice(slash + 1));
    }
    let at = this.#root;
    for (let start = 1; start < slash;) {
      const end = nameEnd(path, start);
      at = childOf(at, path.slice(start, end));
      start = end + 1;
    }
    this.#near = { directory: path.slice(0, slash), dentry: at };
    return childOf(at, path.slice(slash + 1));
  }

  /** Takes a dentry out of the tree, and with it perhaps directories above it. */
  #detach(dentry: Dentry): void {
    this.#near = undefined;
    detachDentry(dentry);
  }
}

/** The dentry of a name in a directory, made if there is none. */
function childOf(directory: Dentry, name: string): Dentry {
  const children: Map<string, Dentry> = directory.children ??= new Map();
  let child = children.get(name);
  if (child === undefined) {
    child = new Dentry(name, directory);
    children.set(name, child);
  }
  return child;
}

/** Where the name ends that begins at `start`: this happens too often to make an array of names. */
function nameEnd(path: string, start: number): number {
  const slash = path.indexOf("/", start);
  return slash < 0 ? path.length : slash;
}
