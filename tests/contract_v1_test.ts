import { VfsClient1 } from "../src/client/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import type { Capability } from "./_contract/row.ts";
import { HOST_LACKS, hostSubject } from "./_host_subject.ts";
import { testProvider } from "./_provider_contract.ts";
import { type Connect, socketSubject } from "./_socket_subject.ts";
import { V1Provider } from "./_v1_provider.ts";

/** What version 1 has no words for. */
const LACKS: readonly Capability[] = [
  "allocate",
  "atime",
  "chown",
  "copyRange",
  "cursors",
  "devices",
  "dirNlink",
  "handleAttributes",
  "handleStat",
  "holes",
  "locks",
  "mknod",
  "nanoseconds",
  "nlink",
  "owner",
  "renameFlags",
  "sockets",
  "statfs",
  "times",
  "tmpfile",
  "utimes",
  "xattr",
  "zeroRange",
];

/** Connects to a directory of the server. */
function connect(root: string): Connect {
  return (transport) => {
    const client = new VfsClient1(transport);
    return { provider: new V1Provider(client, root), close: () => client.close() };
  };
}

testProvider(
  "memory over a socket, version 1",
  () => socketSubject({ provider: new MemoryProvider() }, connect("/")),
  { lacks: LACKS },
);

testProvider("memory mounted at /w over a socket, version 1", () => {
  const router = new MountRouter({ "/other": new MemoryProvider(), "/w": new MemoryProvider() });
  return socketSubject({ provider: router }, connect("/w"));
}, { lacks: LACKS });

testProvider(
  "real directory over a socket, version 1",
  () => socketSubject(hostSubject((path) => new RealDirectoryProvider(path)), connect("/")),
  { lacks: [...new Set([...LACKS, ...HOST_LACKS])] },
);
