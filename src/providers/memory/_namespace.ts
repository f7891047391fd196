import {
  isDirectory,
  isWithin,
  type OpContext,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  VfsError,
} from "../../fs/mod.ts";
import { Directory } from "./_directory.ts";
import type { Inode } from "./_inode.ts";
import { Place } from "./_place.ts";
import { RecentPlaces } from "./_recent_places.ts";
import { isProtected } from "./_rules.ts";
import type { Volume } from "./_volume.ts";

/** The names of a filesystem: finding, adding, removing and changing them. */
export class Namespace {
  readonly #volume: Volume;
  readonly #recent = new RecentPlaces();
  /** Moves on when a directory moves or goes: places may be wrong then. */
  #epoch = 0;
  /** The directory that was found last, and its path; of the root, the empty one. */
  #latestPath = "";
  #latest: Inode;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.#latest = volume.root;
  }

  /** Finds what a path names. ENOTDIR if a name on the way is no directory. */
  find(path: string): Inode | undefined {
    return path.length === 1 ? this.#volume.root : this.#placeOf(path)?.inode;
  }

  /** The place of a path that is not the root's; `undefined` if there is no directory for it. */
  #placeOf(path: string): Place | undefined {
    const known = this.#recent.find(path);
    if (known?.epoch === this.#epoch) return known;
    const slash = path.lastIndexOf("/");
    const parent = this.#directoryOf(path, slash);
    if (parent === undefined) return undefined;
    const place = new Place(path, parent, path.slice(slash + 1), this.#epoch);
    this.#recent.add(place);
    return place;
  }

  /** Finds the directory that a path lies in; its path ends at `end`. */
  #directoryOf(path: string, end: number): Inode | undefined {
    // Most paths lie in the root, or in the directory that the one before lay in.
    if (end === 0) return this.#volume.root;
    if (end === this.#latestPath.length && path.startsWith(this.#latestPath)) return this.#latest;
    let inode = this.#volume.root;
    for (let start = 1; start <= end;) {
      const next = (inode.body as Directory).find(path.slice(start, path.indexOf("/", start)));
      if (next === undefined) return undefined;
      if (!isDirectory(next.mode)) throw new VfsError("ENOTDIR", path);
      inode = next;
      start = path.indexOf("/", start) + 1;
    }
    this.#latestPath = path.slice(0, end);
    this.#latest = inode;
    return inode;
  }

  /** Forgets what may be wrong once a directory has moved or gone. */
  #forget(): void {
    this.#epoch++;
    this.#latestPath = "";
    this.#latest = this.#volume.root;
  }

  /** Finds what a path names, or fails with ENOENT. */
  get(path: string): Inode {
    const inode = this.find(path);
    if (inode === undefined) throw new VfsError("ENOENT", path);
    return inode;
  }

  /** Finds the place of a path; `undefined` for the root, which has none. */
  place(path: string): Place | undefined {
    if (path.length === 1) return undefined;
    const place = this.#placeOf(path);
    if (place === undefined) throw new VfsError("ENOENT", path);
    return place;
  }

  /** Finds the place of a path where there is nothing yet, or fails with EEXIST. */
  freePlace(path: string): Place {
    const place = this.place(path);
    if (place === undefined || place.inode !== undefined) {
      throw new VfsError("EEXIST", path);
    }
    return place;
  }

  /** Gives an inode a name. */
  add({ parent, names, ownName }: Place, inode: Inode): void {
    names.add(ownName, inode);
    inode.nlink++;
    if (isDirectory(inode.mode)) {
      inode.nlink++;
      parent.nlink++;
    }
    this.#touch(parent);
  }

  /** Removes a name of anything but a directory that holds something. */
  remove(place: Place, inode: Inode, context: OpContext): void {
    const { parent, names, name, path } = place;
    if (isProtected(parent, inode, context)) throw new VfsError("EPERM", path);
    names.remove(name);
    this.#touch(parent);
    if (isDirectory(inode.mode)) parent.nlink--;
    this.#lost(inode);
  }

  unlink(path: string, context: OpContext): void {
    const place = this.place(path);
    if (place === undefined) throw new VfsError("EISDIR", path);
    const inode = place.inode;
    if (inode === undefined) throw new VfsError("ENOENT", path);
    if (isProtected(place.parent, inode, context)) throw new VfsError("EPERM", path);
    if (isDirectory(inode.mode)) throw new VfsError("EISDIR", path);
    this.remove(place, inode, context);
  }

  rmdir(path: string, context: OpContext): void {
    const place = this.place(path);
    if (place === undefined) throw new VfsError("EBUSY", path);
    const inode = place.inode;
    if (inode === undefined) throw new VfsError("ENOENT", path);
    if (isProtected(place.parent, inode, context)) throw new VfsError("EPERM", path);
    const { body } = inode;
    if (!(body instanceof Directory)) throw new VfsError("ENOTDIR", path);
    if (!body.isEmpty) throw new VfsError("ENOTEMPTY", path);
    this.remove(place, inode, context);
  }

  /** Removes a tree from the bottom up, keeping its own stack: no depth is too deep. */
  removeAll(path: string, context: OpContext): void {
    const root = this.find(path);
    if (root === undefined) return;
    const stack = [{ inode: root, place: this.place(path) }];
    while (stack.length > 0) {
      const { inode, place } = stack.at(-1)!;
      const names = inode.body;
      if (names instanceof Directory && !names.isEmpty) {
        // What is on the stack is removed before its directory is looked at again.
        for (const dentry of names.page(0, Infinity)) {
          const place = new Place(path, inode, dentry.name, this.#epoch);
          stack.push({ inode: dentry.inode!, place });
        }
        continue;
      }
      stack.pop();
      if (place !== undefined) this.remove(place, inode, context);
    }
  }

  rename(from: string, to: string, flags: number, context: OpContext): void {
    if (flags !== 0 && flags !== RENAME_NOREPLACE && flags !== RENAME_EXCHANGE) {
      throw new VfsError("EINVAL", `rename flags ${flags}`);
    }
    const source = this.place(from);
    const target = this.place(to);
    if (source === undefined) throw new VfsError("EBUSY", from);
    if (target === undefined) {
      throw new VfsError(flags === RENAME_NOREPLACE ? "EEXIST" : "EBUSY", to);
    }
    const inode = source.inode;
    const other = target.inode;
    if (inode === undefined) throw new VfsError("ENOENT", from);
    if (other !== undefined && flags === RENAME_NOREPLACE) throw new VfsError("EEXIST", to);
    if (other === undefined && flags === RENAME_EXCHANGE) throw new VfsError("ENOENT", to);
    if (inode === other) return;
    if (isWithin(to, from)) throw new VfsError("EINVAL", to);
    if (isWithin(from, to)) throw new VfsError(flags === 0 ? "ENOTEMPTY" : "EINVAL", to);
    if (isProtected(source.parent, inode, context)) throw new VfsError("EPERM", from);
    if (other !== undefined && isProtected(target.parent, other, context)) {
      throw new VfsError("EPERM", to);
    }
    if (other === undefined) {
      target.names.add(target.ownName, inode);
      source.names.remove(source.name);
    } else if (flags === RENAME_EXCHANGE) {
      target.names.replace(target.name, inode);
      source.names.replace(source.name, other);
      if (isDirectory(other.mode)) moveSubdirectory(target.parent, source.parent);
    } else {
      checkReplaceable(inode, other, to);
      target.names.replace(target.name, inode);
      source.names.remove(source.name);
      if (isDirectory(other.mode)) target.parent.nlink--;
      this.#lost(other);
    }
    if (isDirectory(inode.mode)) moveSubdirectory(source.parent, target.parent);
    if (isDirectory(inode.mode) || (other !== undefined && isDirectory(other.mode))) this.#forget();
    this.#touch(source.parent);
    this.#touch(target.parent);
    this.#volume.changed(inode);
    if (flags === RENAME_EXCHANGE) this.#volume.changed(other!);
  }

  /** Notes that an inode lost a name. */
  #lost(inode: Inode): void {
    this.#volume.changed(inode);
    if (isDirectory(inode.mode)) {
      inode.nlink = 0;
      this.#forget();
    } else if (--inode.nlink > 0) {
      this.#volume.space.giveInode();
    }
    this.#volume.release(inode);
  }

  /** Notes that the names of a directory changed. */
  #touch(directory: Inode): void {
    directory.mtime = directory.ctime = this.#volume.now();
  }
}

function moveSubdirectory(from: Inode, to: Inode): void {
  from.nlink--;
  to.nlink++;
}

function checkReplaceable(inode: Inode, other: Inode, path: string): void {
  const { body } = other;
  if (!isDirectory(inode.mode)) {
    if (body instanceof Directory) throw new VfsError("EISDIR", path);
  } else if (!(body instanceof Directory)) {
    throw new VfsError("ENOTDIR", path);
  } else if (!body.isEmpty) {
    throw new VfsError("ENOTEMPTY", path);
  }
}
