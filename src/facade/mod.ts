/**
 * The shape of `node:fs/promises` before any tree of files.
 *
 * @module
 */

export * from "./constants.ts";
export { Dir } from "./dir.ts";
export { Dirent } from "./dirent.ts";
export { FileHandle, type RangeOptions } from "./file_handle.ts";
export { FileType } from "./file_type.ts";
export { FsError } from "./fs_error.ts";
export { promisesOf, type PromisesOptions } from "./promises_of.ts";
export { BigIntStats, Stats } from "./stats.ts";
export type * from "./vfs_promises.ts";
