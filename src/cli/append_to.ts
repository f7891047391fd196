import { type Handle, VfsError } from "../fs/mod.ts";

const encoder = new TextEncoder();

/**
 * Writes a text at the end of a file that was opened with O_APPEND, all of it.
 *
 * @throws {VfsError} What `write(2)` says.
 */
export async function appendTo(file: Handle, text: string | Uint8Array): Promise<void> {
  let rest = typeof text === "string" ? encoder.encode(text) : text;
  while (rest.length > 0) {
    const count = await file.write(rest);
    if (count === 0) throw new VfsError("ENOSPC");
    rest = rest.subarray(count);
  }
}
