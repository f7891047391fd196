import type { Handle } from "./handle.ts";
import type { OpContext } from "./context.ts";

/** The ability of a handle to show data where they lie, to somebody who passes them on at once. */
export interface Lending {
  /**
   * Lends the bytes of a range, which {@link Handle.readAt} would copy.
   *
   * What is lent is for reading only, and until the next operation on the filesystem: whoever wants
   * to keep it copies it.
   *
   * @param offset Where the range begins, in bytes.
   * @param length How long it is.
   * @returns The bytes in order, in any number of parts; fewer than asked only at the end of the file.
   * @throws {VfsError} What {@link Handle.readAt} throws.
   */
  lendAt(offset: number, length: number, context?: OpContext): Uint8Array[];
}

/**
 * Tells whether a handle lends its data.
 *
 * @param handle Any handle.
 * @returns Whether it has {@link Lending.lendAt}.
 *
 * @example
 * ```ts
 * import { isLending, MemoryProvider } from "@vfs/server/core";
 *
 * const handle = MemoryProvider.from({ "f": "hello" }).open("/f", 0);
 * if (isLending(handle)) console.log(handle.lendAt(1, 3)); // [Uint8Array(3) [101, 108, 108]]
 * ```
 */
export function isLending(handle: Handle): handle is Handle & Lending {
  return typeof (handle as Partial<Lending>).lendAt === "function";
}
