/**
 * Mounting a provider on Linux, without native code: the kernel's FUSE protocol in TypeScript, the
 * same on Deno, Bun and Node. `docs/MOUNT.md` tells what the options promise.
 *
 * @example
 * ```ts ignore
 * import { MemoryProvider } from "@vfs/server/core";
 * import { mount } from "@vfs/server/mount";
 *
 * const mounted = await mount(new MemoryProvider(), "/mnt/tree", { signals: true });
 * await mounted.closed;
 * ```
 *
 * @module
 */

export * from "./mount.ts";
export * from "./options.ts";
