import { setImmediate } from "node:timers";
import { type OpContext, S_IFDIR, VfsError } from "../../src/fs/mod.ts";
import { O_DIRECTORY } from "./_abi.ts";
import type { DirectoryTree } from "./_directory_tree.ts";
import { type HostEntry, type HostListing, type HostName, HostStat } from "./syscalls.ts";
import type { Syscalls } from "./syscalls.ts";

/** How long the event loop is kept waiting, in milliseconds. */
const SLICE_MS = 8;

/** How many levels of a tree are open at a time; those above are found again by their names. */
const OPEN_LEVELS = 64;

/** How often directories are emptied again because somebody fills them. */
const ATTEMPTS = 64;

/** A directory that is being emptied. */
interface Level {
  readonly name: HostName;
  readonly device: number;
  readonly ino: bigint;
  descriptor: number;
  listing: HostListing | undefined;
  /** What was listed and not removed yet. */
  pending: HostEntry[];
}

/**
 * Removes what is below a directory.
 *
 * It goes from one open directory to the next by single names, without following links, and keeps
 * its own stack. What is swapped for something else meanwhile is removed as what it then is, and a
 * directory that is found again is checked to be the one it was.
 */
export class TreeRemoval {
  readonly #syscalls: Syscalls;
  readonly #tree: DirectoryTree;
  readonly #stat = new HostStat();
  readonly #levels: Level[] = [];
  #refills = 0;

  /** @param directory A node: the directory to empty, which itself stays. */
  constructor(syscalls: Syscalls, tree: DirectoryTree, directory: number) {
    this.#syscalls = syscalls;
    this.#tree = tree;
    this.#levels.push(this.#open(directory, ""));
  }

  /** Works for a moment and then, if there is more to do, goes on in later turns of the loop. */
  run(context: OpContext | undefined): void | Promise<void> {
    try {
      if (this.#work()) return this.#close();
    } catch (error) {
      this.#close();
      throw error;
    }
    return this.#goOn(context);
  }

  async #goOn(context: OpContext | undefined): Promise<void> {
    try {
      do {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (context?.signal.aborted) throw new VfsError("EINTR");
      } while (!this.#work());
    } finally {
      this.#close();
    }
  }

  /** Works until everything is removed (true) or the time is over (false). */
  #work(): boolean {
    const end = performance.now() + SLICE_MS;
    for (let i = 1; this.#step(); i++) {
      if (i % 64 === 0 && performance.now() > end) return false;
    }
    return true;
  }

  #step(): boolean {
    const level = this.#levels.at(-1)!;
    const entry = this.#next(level);
    if (entry === undefined) {
      if (this.#levels.length === 1) return false;
      this.#leave(level);
    } else if (entry.type === S_IFDIR) {
      this.#enter(level, entry.name);
    } else {
      this.#unlink(level, entry.name);
    }
    return true;
  }

  #next(level: Level): HostEntry | undefined {
    if (level.pending.length === 0) {
      level.listing ??= this.#syscalls.list(level.descriptor);
      level.pending = level.listing.next().slice();
    }
    return level.pending.pop();
  }

  #unlink(level: Level, name: HostName): void {
    try {
      this.#syscalls.unlink(level.descriptor, name);
    } catch (error) {
      const { code } = error as VfsError;
      if (code === "EISDIR") this.#enter(level, name);
      else if (code !== "ENOENT") throw error;
    }
  }

  #enter(level: Level, name: HostName): void {
    let node: number;
    try {
      node = this.#syscalls.openDirectory(level.descriptor, name);
    } catch (error) {
      const { code } = error as VfsError;
      if (code === "ENOENT") return;
      if (code !== "ENOTDIR") throw error;
      // It has become something else between the two calls.
      return this.#again(level, name);
    }
    try {
      this.#levels.push(this.#open(node, name));
    } finally {
      this.#syscalls.close(node);
    }
    const far = this.#levels.length - 1 - OPEN_LEVELS;
    if (far > 0) this.#fold(this.#levels[far]!);
  }

  /** Looks at a name once more: somebody changes the tree while it is removed. */
  #again(level: Level, name: HostName): void {
    if (++this.#refills > ATTEMPTS) throw new VfsError("ENOTEMPTY");
    level.pending.push({ name, ino: 0n, type: 0 });
  }

  #open(node: number, name: HostName): Level {
    const descriptor = this.#syscalls.reopen(node, O_DIRECTORY);
    this.#syscalls.fstat(descriptor, this.#stat);
    const { dev: device, ino } = this.#stat;
    try {
      this.#tree.checkPlace(descriptor, device, String(name));
    } catch (error) {
      this.#syscalls.close(descriptor);
      throw error;
    }
    return { name, device, ino, descriptor, listing: undefined, pending: [] };
  }

  /** An empty directory is left and removed. */
  #leave(level: Level): void {
    this.#fold(level);
    this.#levels.pop();
    const parent = this.#levels.at(-1)!;
    if (parent.descriptor < 0) this.#unfold();
    try {
      this.#syscalls.rmdir(parent.descriptor, level.name);
    } catch (error) {
      const { code } = error as VfsError;
      if (code === "ENOENT") return;
      if (code !== "ENOTDIR" && code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
      this.#again(parent, level.name);
    }
  }

  /** Closes a level; what it had still to remove is listed again. */
  #fold(level: Level): void {
    if (level.descriptor < 0) return;
    const { descriptor, listing } = level;
    level.descriptor = -1;
    level.listing = undefined;
    level.pending = [];
    try {
      listing?.close();
    } finally {
      this.#syscalls.close(descriptor);
    }
  }

  /** Opens the last levels again, found from the first by their names. */
  #unfold(): void {
    const firstToKeep = this.#levels.length - OPEN_LEVELS;
    let node = -1;
    try {
      for (let i = 1; i < this.#levels.length; i++) {
        const level = this.#levels[i]!;
        const above = node < 0 ? this.#levels[0]!.descriptor : node;
        const next = this.#syscalls.openDirectory(above, level.name);
        if (node >= 0) this.#syscalls.close(node);
        node = next;
        if (i >= firstToKeep) this.#reopen(level, node);
      }
    } finally {
      if (node >= 0) this.#syscalls.close(node);
    }
  }

  #reopen(level: Level, node: number): void {
    level.descriptor = this.#syscalls.reopen(node, O_DIRECTORY);
    this.#syscalls.fstat(level.descriptor, this.#stat);
    // Somebody moved things while they were removed: what is here now was not asked for.
    if (this.#stat.ino !== level.ino || this.#stat.dev !== level.device) {
      throw new VfsError("EBUSY");
    }
  }

  #close(): void {
    for (const level of this.#levels) this.#fold(level);
  }
}
