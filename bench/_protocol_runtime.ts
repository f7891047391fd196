import type { Runtime } from "../adapters/runtime.ts";
import type { VfsServer } from "../src/server/mod.ts";
import { runtimeName } from "./_runtime_name.ts";

/** The adapter of the runtime that runs the bench. */
export const adapter: {
  readonly runtime: Runtime;
  serveUnixBackground(server: VfsServer, path: string): Promise<() => Promise<void>>;
} = await import(`../adapters/${runtimeName}.ts`);
