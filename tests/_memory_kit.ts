/**
 * What the tests of the memory provider are written with.
 *
 * @module
 */

import { HOST_CONTEXT, type OpContext, type Timespec, VfsError } from "../src/fs/mod.ts";

/** The context of a caller who is not root, or who is. */
export function as(uid: number, gid: number = uid): OpContext {
  return { ...HOST_CONTEXT, uid, gid };
}

/** The errno with which an action fails at once; `undefined` if it does not. */
export function errnoOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof VfsError) return error.code;
    throw error;
  }
  return undefined;
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of bytes. */
export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** A clock that stands still until it is moved on by a second. */
export class TestClock {
  #sec = 1000;

  /** The time, as the provider asks for it. */
  readonly now = (): Timespec => ({ sec: this.#sec, nsec: 7 });

  /** Moves on, and returns the new time. */
  tick(seconds = 1): Timespec {
    this.#sec += seconds;
    return this.now();
  }
}
