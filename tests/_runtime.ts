import type { Runtime } from "../adapters/runtime.ts";
import type { VfsServer } from "../src/server/mod.ts";
import type { ServeUnixOptions } from "../adapters/_serve_unix.ts";

/** What each adapter exports beside its runtime. */
interface Adapter {
  readonly runtime: Runtime;
  serveUnix(server: VfsServer, path: string, options?: ServeUnixOptions): Promise<void>;
  serveUnixBackground(
    server: VfsServer,
    path: string,
    options?: ServeUnixOptions,
  ): Promise<() => Promise<void>>;
}

const name = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

/** The adapter of the runtime that runs the tests. */
export const adapter: Adapter = await import(`../adapters/${name}.ts`);

/** The runtime that runs the tests. */
export const runtime: Runtime = adapter.runtime;
