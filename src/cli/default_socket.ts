import type { Runtime } from "../../adapters/runtime.ts";

/** Where servers listen and clients look if nothing else is said. */
export function defaultSocket(runtime: Runtime): string {
  return runtime.env("VFS_SOCKET") || "./vfs.sock";
}
