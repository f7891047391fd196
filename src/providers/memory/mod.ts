/**
 * A filesystem in memory.
 *
 * @module
 */

export type { MemoryHandle } from "./memory_handle.ts";
export * from "./memory_provider.ts";
export type { MemoryOptions } from "./options.ts";
export * from "./tree.ts";
