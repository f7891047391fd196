import { cannot } from "./command_error.ts";
import type { Log } from "./log.ts";
import { BrokenPipe } from "./output.ts";

/**
 * Does something with each of several paths, going on after a failure.
 *
 * @param log Where failures are reported.
 * @param verb What is done, for the report "Cannot `verb` `path`: ...".
 * @param paths The paths.
 * @param action What to do with each.
 * @returns The exit status: 1 if something failed.
 */
export async function eachOperand(
  log: Log,
  verb: string,
  paths: readonly string[],
  action: (path: string) => Promise<void>,
): Promise<number> {
  let status = 0;
  for (const path of paths) {
    try {
      await action(path);
    } catch (error) {
      if (error instanceof BrokenPipe) throw error;
      log.write("error", "failed", cannot(`${verb} ${path}`, error).message);
      status = 1;
    }
  }
  return status;
}
