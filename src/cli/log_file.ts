import type { Runtime } from "../../adapters/runtime.ts";
import { O_APPEND, O_CREAT, O_WRONLY } from "../fs/mod.ts";
import { appendTo } from "./append_to.ts";
import { cannot } from "./command_error.ts";
import { openLocalHandle } from "./local_file.ts";

/** A file for a log, in the place of the standard error. */
export interface LogFile extends Pick<Runtime, "print"> {
  close(): Promise<void>;
}

/**
 * Opens a file to add a log to it, or makes it, readable by its owner alone.
 *
 * @param runtime Whose filesystem.
 * @param path The file.
 * @throws {CommandError} If it cannot be opened.
 */
export async function openLogFile(runtime: Runtime, path: string): Promise<LogFile> {
  try {
    const { file } = await openLocalHandle(runtime, path, O_WRONLY | O_APPEND | O_CREAT, 0o600);
    return {
      print: (_stream, text) => appendTo(file, text),
      close: async () => await file.close(),
    };
  } catch (error) {
    throw cannot(`write the log ${path}`, error);
  }
}
