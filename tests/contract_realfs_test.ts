import { tmpdir } from "node:os";
import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import type { Capability } from "./_contract/row.ts";
import { HOST_LACKS, hostSubject } from "./_host_subject.ts";
import { prefixed } from "./_prefixed.ts";
import { testProvider } from "./_provider_contract.ts";

// What no runtime can do by `node:fs` alone.
const PORTABLE: readonly Capability[] = [
  "allocate",
  "devices",
  "holes",
  "mknod",
  "nanoseconds",
  "renameFlags",
  "sockets",
  "xattr",
  "zeroRange",
];

const portable = (path: string) => new RealDirectoryProvider(path, { syscalls: "portable" });
const automatic = (path: string) => new RealDirectoryProvider(path);

/** Node before 26 has no foreign function interface: there the portable way is all there is. */
function isNative(): boolean {
  const provider = automatic(tmpdir());
  provider.close();
  return provider.syscalls === "native";
}

testProvider("real directory, portable", () => hostSubject(portable), {
  lacks: [...PORTABLE, ...HOST_LACKS],
});

// It makes no device nodes, whoever asks.
const lacks = [...HOST_LACKS, ...(isNative() ? ["devices"] as const : PORTABLE)];

testProvider("real directory", () => hostSubject(automatic), { lacks });

testProvider(
  "real directory mounted at /",
  () => hostSubject((path) => new MountRouter({ "/": automatic(path) })),
  { lacks },
);

testProvider(
  "real directory mounted at /w",
  () =>
    hostSubject((path) =>
      prefixed(new MountRouter({ "/other": new MemoryProvider(), "/w": automatic(path) }), "/w")
    ),
  { lacks },
);
