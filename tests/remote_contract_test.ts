/**
 * The contract of providers through the wire: over sockets, and through two servers in a row.
 *
 * Nothing is left out: memory shows every row, a real directory all that it shows without a wire
 * (`contract_realfs_test.ts`).
 */
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import { type Subject, testProvider } from "./_provider_contract.ts";
import { realDirectoryLacks } from "./_realfs_lacks.ts";
import { serveOnSocket } from "./_remote_kit.ts";

/** Serves a tree over a socket, and what is seen there over another, as often as it is told. */
async function served({ provider, dispose }: Subject, servers: number): Promise<Subject> {
  if (servers === 0) return { provider, ...(dispose === undefined ? {} : { dispose }) };
  const here = await serveOnSocket(provider);
  return await served({
    provider: here.provider,
    dispose: async () => {
      await here.dispose();
      await dispose?.();
    },
  }, servers - 1);
}

const memory = (): Subject => ({ provider: new MemoryProvider() });
const realDirectory = (): Subject => hostSubject((path) => new RealDirectoryProvider(path));

testProvider("memory over a socket", () => served(memory(), 1));

testProvider("memory through two servers in a row", () => served(memory(), 2));

testProvider("a real directory over a socket", () => served(realDirectory(), 1), {
  lacks: realDirectoryLacks(),
});

testProvider("a real directory through two servers in a row", () => served(realDirectory(), 2), {
  lacks: realDirectoryLacks(),
});
