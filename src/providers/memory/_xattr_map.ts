import { utf8Length } from "../../fs/mod.ts";

/** About what an engine takes to keep a name with a value, beside the bytes of the two. */
const XATTR_OVERHEAD = 128;

/** The bytes that an extended attribute takes. */
export function xattrBytes(name: string, value: Uint8Array): number {
  return XATTR_OVERHEAD + utf8Length(name) + value.length;
}

/** The extended attributes of an inode. It counts along: there may be thousands. */
export class XattrMap {
  readonly #values = new Map<string, Uint8Array>();
  #held = 0;
  #listed = 0;

  /** The bytes that they take. */
  get held(): number {
    return this.#held;
  }

  /** The length of the list of their names, with a NUL after each. */
  get listed(): number {
    return this.#listed;
  }

  get(name: string): Uint8Array | undefined {
    return this.#values.get(name);
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  set(name: string, value: Uint8Array): void {
    this.delete(name);
    this.#values.set(name, value);
    this.#held += xattrBytes(name, value);
    this.#listed += utf8Length(name) + 1;
  }

  /** Removes one, and tells how many bytes it took; 0 if it was not there. */
  delete(name: string): number {
    const value = this.#values.get(name);
    if (value === undefined) return 0;
    const bytes = xattrBytes(name, value);
    this.#values.delete(name);
    this.#held -= bytes;
    this.#listed -= utf8Length(name) + 1;
    return bytes;
  }
}
