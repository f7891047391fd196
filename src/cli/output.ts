import type { Runtime } from "../../adapters/runtime.ts";
import { toVfsError } from "../fs/mod.ts";
import { cannot } from "./command_error.ts";

/** Nobody reads the output any more (`vfs-server cat x | head`): the end, and no failure to report. */
export class BrokenPipe extends Error {
  /** Always `"BrokenPipe"`. */
  override get name(): string {
    return "BrokenPipe";
  }
}

/**
 * Writes the result of a command.
 *
 * @param runtime Whose standard output.
 * @param data Text, which the caller has escaped, or bytes.
 * @throws {BrokenPipe} If the reader is gone.
 * @throws {CommandError} If it cannot be written for another reason.
 */
export async function output(runtime: Runtime, data: string | Uint8Array): Promise<void> {
  try {
    await runtime.print(1, data);
  } catch (error) {
    if (toVfsError(error).code === "EPIPE") throw new BrokenPipe();
    throw cannot("write the output", error);
  }
}
