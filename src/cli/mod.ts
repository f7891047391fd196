/**
 * The command line: arguments, commands and output, for any runtime.
 *
 * @module
 */

export { defineConfig, type VfsConfig } from "./config.ts";
export { main } from "./main.ts";
