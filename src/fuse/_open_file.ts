import { type Awaitable, type Handle, isPromiseLike } from "../fs/mod.ts";
import type { DirPageEntry } from "../fs/mod.ts";
import type { Node } from "./_node.ts";

/** An open file or directory of the kernel's. */
export class OpenFile {
  /** What the kernel calls it. */
  readonly id: number;
  readonly node: Node;
  readonly handle: Handle;
  /** The flags it was opened with. */
  readonly flags: number;
  /** Where it is in the list of its node. */
  place = 0;
  /** The owners that took locks through it. */
  owners: Set<string> | undefined;
  /** Of a directory: entries that were read and found no room, beginning after `pageCursor`. */
  page: DirPageEntry[] = [];
  pageCursor = -1;
  /** Whether the entries kept have their attributes. */
  pageDescribed = false;
  /** Of a directory: whether the listing that is under way brings attributes along, where it may. */
  describes = false;
  /** How many entries the listing that is under way has had. */
  listed = 0;
  /** The end of the queue, while something is running. */
  #tail: Promise<unknown> | undefined;

  constructor(id: number, node: Node, handle: Handle, flags: number) {
    this.id = id;
    this.node = node;
    this.handle = handle;
    this.flags = flags;
  }

  /**
   * Runs an operation on the handle after those before it: a handle does one thing at a time, and
   * the kernel reads ahead. Where the provider answers at once there is never a queue.
   */
  run<T>(operation: () => Awaitable<T>): Awaitable<T> {
    if (this.#tail !== undefined) return this.#track(this.#tail.then(operation));
    const result = operation();
    return isPromiseLike(result) ? this.#track(Promise.resolve(result)) : result;
  }

  #track<T>(result: Promise<T>): Promise<T> {
    const tail: Promise<void> = result.then(ignore, ignore).then(() => {
      if (this.#tail === tail) this.#tail = undefined;
    });
    this.#tail = tail;
    return result;
  }
}

function ignore(): void {}
