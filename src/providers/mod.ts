/**
 * What files can be.
 *
 * @module
 */

export * from "./lock_table.ts";
export * from "./memory/mod.ts";
export * from "./mount.ts";
export * from "./readonly.ts";
export * from "./router.ts";
