import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Transport } from "../src/server/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import type { Provider } from "../src/fs/mod.ts";
import type { Subject } from "./_provider_contract.ts";
import { runtime } from "./_runtime.ts";

/** Makes a provider of a connection, and tells how to close it. */
export type Connect = (transport: Transport) => { provider: Provider; close(): Promise<void> };

/**
 * Serves a subject over a Unix socket, and makes a new one of the client at the other end.
 *
 * @param served What to serve.
 * @param connect Makes the client.
 */
export async function socketSubject(
  served: Subject,
  connect: Connect,
): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), "vfs-socket-"));
  const path = join(directory, "s");
  const server = new VfsServer(served.provider);
  const listener = await runtime.listen(path, {
    onConnection: (transport) => void server.handleConnection(transport),
  });
  const client = connect(await runtime.connect(path));
  return {
    provider: client.provider,
    dispose: async () => {
      await client.close();
      await server.stop();
      await listener.close();
      await served.dispose?.();
      rmSync(directory, { recursive: true });
    },
  };
}
