/**
 * The vocabulary: what a filesystem is made of, in the terms of POSIX and Linux.
 *
 * @module
 */

export * from "./awaitable.ts";
export * from "./base_handle.ts";
export * from "./base_provider.ts";
export * from "./context.ts";
export * from "./errno.ts";
export * from "./error.ts";
export * from "./flags.ts";
export * from "./go_mode.ts";
export * from "./handle.ts";
export * from "./info.ts";
export * from "./lending.ts";
export * from "./listing_handle.ts";
export * from "./lock.ts";
export * from "./mode.ts";
export * from "./path.ts";
export * from "./provider.ts";
export * from "./time.ts";
export * from "./watch.ts";
