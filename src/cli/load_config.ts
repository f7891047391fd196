import type { Runtime } from "../../adapters/runtime.ts";
import { checkConfig } from "./check_config.ts";
import { cannot } from "./command_error.ts";
import type { VfsConfig } from "./config.ts";

/**
 * Imports a configuration file and checks it.
 *
 * @param runtime The runtime, which knows TypeScript.
 * @param file The path of the file.
 * @throws {UsageError} If what it exports is wrong.
 * @throws {CommandError} If it cannot be imported.
 */
export async function loadConfig(runtime: Runtime, file: string): Promise<VfsConfig> {
  let module: Record<string, unknown>;
  try {
    module = await runtime.importModule(file);
  } catch (error) {
    throw cannot(`load ${file}`, error);
  }
  return checkConfig(file, module.default);
}
