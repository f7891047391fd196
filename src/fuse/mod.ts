/**
 * The Linux FUSE protocol: a {@link Provider} served to the kernel over an abstract device.
 *
 * @module
 */

export * from "./device.ts";
export * from "./fuse_session.ts";
export * from "./options.ts";
export { FUSE_COUNTERS_BYTES, FuseCounters, type FuseStats } from "./stats.ts";
