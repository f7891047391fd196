import { NAME_MAX, utf8Length, VfsError } from "../../src/fs/mod.ts";
import type { Bytes, Libc, Wide } from "./_c_functions.ts";
import type { HostName } from "./syscalls.ts";

/** Longer than any path or name that the kernel takes. */
const CAPACITY = 8192;

const encoder = new TextEncoder();

/**
 * Memory for a C string: written again for each call, and always at the same place. Whoever passes
 * its address keeps this object, for longer than the call takes.
 */
export class CString {
  readonly #bytes: Bytes = new Uint8Array(new ArrayBuffer(CAPACITY));
  readonly #address: Wide;

  constructor(libc: Libc) {
    this.#address = libc.address(this.#bytes);
  }

  /** Writes a text and the NUL after it, and returns the address, good for as long as this lives. */
  set(text: HostName): Wide {
    const bytes = this.#bytes;
    if (typeof text !== "string") {
      if (text.length > NAME_MAX) throw new VfsError("ENAMETOOLONG");
      bytes.set(text);
      bytes[text.length] = 0;
      return this.#address;
    }
    const { length } = text;
    if (length >= CAPACITY) throw new VfsError("ENAMETOOLONG", text);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.#encode(text);
      if (unit === 0) throw new VfsError("EINVAL");
      bytes[i] = unit;
    }
    bytes[length] = 0;
    return this.#address;
  }

  #encode(text: string): Wide {
    if (text.includes("\0")) throw new VfsError("EINVAL");
    if (utf8Length(text) >= CAPACITY) throw new VfsError("ENAMETOOLONG", text);
    const { written } = encoder.encodeInto(text, this.#bytes);
    this.#bytes[written] = 0;
    return this.#address;
  }

  /** Writes the path of an open descriptor, by which its inode itself is reached. */
  setSelf(descriptor: number): Wide {
    return this.set(`/proc/self/fd/${descriptor}`);
  }
}
