/*
 * A server in a process of its own, for tests that kill it:
 *
 *     _serve_script.ts <socket> <directory or "memory"> [slow]
 *
 * It says "ready", or "error CODE"; SIGTERM drains it.
 */

import process from "node:process";
import { toVfsError } from "../src/fs/mod.ts";
import type { Handle, Provider } from "../src/fs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { adapter, runtime } from "./_runtime.ts";

const [socket, tree, slow] = process.argv.slice(2);
const provider: Provider = tree === "memory" ? new MemoryProvider() : runtime.openDirectory(tree!);
const server = new VfsServer(new MountRouter({ "/w": provider }), {
  limits: { connections: 1000, drainMs: 30_000 },
});

if (slow === "slow") {
  // Every write takes a moment: that is when the signal comes.
  const open = provider.create.bind(provider);
  provider.create = async (...args): Promise<Handle> => {
    const handle = await open(...args);
    const writeAt = handle.writeAt.bind(handle);
    handle.writeAt = async (...args): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return await writeAt(...args);
    };
    return handle;
  };
}

runtime.onSignal("SIGTERM", () => void server.stop());
try {
  const stop = await adapter.serveUnixBackground(server, socket!);
  await runtime.print(1, "ready\n");
  await server.stopping;
  await stop();
  process.exit(0);
} catch (error) {
  await runtime.print(1, `error ${toVfsError(error).code}\n`);
  process.exit(2);
}
