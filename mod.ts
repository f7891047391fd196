/**
 * `@vfs/server`: the filesystem your sandbox sees is a TypeScript program.
 *
 * As a library, this is everything that does not depend on the runtime; `@vfs/server/deno`,
 * `@vfs/server/bun` and `@vfs/server/node` add sockets and directories of the host, and
 * `@vfs/server/mount` shows files as a directory of a Linux machine. `@vfs/server/core` is the same
 * without the program, for bundles.
 *
 * ```ts
 * import { MemoryProvider, MountRouter, VfsServer } from "@vfs/server";
 *
 * const workspace = new MemoryProvider();
 * await workspace.writeFile("/hello.txt", "hello");
 * const server = new VfsServer(new MountRouter({ "/workspace": workspace }));
 * console.log(server.stats().connections); // 0
 * ```
 *
 * As a program, it is the command line:
 *
 * ```sh
 * deno run -A jsr:@vfs/server --mount /workspace=./project --socket ./vfs.sock
 * ```
 *
 * @module
 */

import type { Runtime } from "./adapters/runtime.ts";

export * from "./src/mod.ts";

/**
 * Runs the command line on the runtime that this is: reads the arguments of the process, and sets
 * its exit status.
 *
 * @returns When everything is done. Never rejected.
 *
 * @example
 * ```ts ignore
 * import { main } from "@vfs/server";
 *
 * await main();
 * ```
 */
export async function main(): Promise<void> {
  const [runtime, cli] = await Promise.all([findRuntime(), import("./src/cli/mod.ts")]);
  await cli.main(runtime);
}

/** The one place that picks an adapter. Only the one that is picked is loaded. */
async function findRuntime(): Promise<Runtime> {
  if ("Deno" in globalThis) return (await import("./adapters/deno.ts")).runtime;
  if ("Bun" in globalThis) return (await import("./adapters/bun.ts")).runtime;
  return (await import("./adapters/node.ts")).runtime;
}

// The type is for Node 20, which does not have it; there another module calls `main`. Nobody waits for
// it: a configuration file imports this module, and could not be loaded while that still waits. A
// bundler makes one main module of a whole program: what is main there is that program, not this one.
const { main: isMain, url } = import.meta as { readonly main?: boolean; readonly url: string };
if (isMain === true && url.endsWith("/mod.ts")) void main();
