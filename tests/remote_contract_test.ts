/** The contract of providers through the wire: over sockets, and through two servers in a row. */
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { MemoryProvider } from "../src/providers/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import { testProvider } from "./_provider_contract.ts";
import { realDirectoryLacks } from "./_realfs_lacks.ts";
import { serveOnSocket } from "./_remote_kit.ts";

testProvider("memory over a socket", () => serveOnSocket(new MemoryProvider()));

testProvider("memory through two servers in a row", async () => {
  const first = await serveOnSocket(new MemoryProvider());
  const second = await serveOnSocket(first.provider);
  return {
    provider: second.provider,
    dispose: async () => {
      await second.dispose();
      await first.dispose();
    },
  };
});

testProvider("a real directory over a socket", async () => {
  const host = hostSubject((path) => new RealDirectoryProvider(path));
  const served = await serveOnSocket(host.provider);
  return {
    provider: served.provider,
    dispose: async () => {
      await served.dispose();
      await host.dispose?.();
    },
  };
}, { lacks: realDirectoryLacks() });
