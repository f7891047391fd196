/**
 * Mounting a provider on Linux, without native code.
 *
 * @module
 */

export * from "./mount.ts";
export * from "./options.ts";
