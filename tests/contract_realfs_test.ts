import { RealDirectoryProvider } from "../adapters/realfs/mod.ts";
import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { hostSubject } from "./_host_subject.ts";
import { prefixed } from "./_prefixed.ts";
import { testProvider } from "./_provider_contract.ts";
import { PORTABLE_LACKS, realDirectoryLacks } from "./_realfs_lacks.ts";

const portable = (path: string) => new RealDirectoryProvider(path, { syscalls: "portable" });
const automatic = (path: string) => new RealDirectoryProvider(path);
const lacks = realDirectoryLacks();

testProvider("real directory, portable", () => hostSubject(portable), { lacks: PORTABLE_LACKS });

// By native calls, where the runtime has them.
testProvider("real directory", () => hostSubject(automatic), { lacks });

// With nobody else there, files are found and opened in fewer calls.
for (
  const [kind, lacks] of [["auto", realDirectoryLacks()], ["portable", PORTABLE_LACKS]] as const
) {
  testProvider(
    `real directory, exclusive, ${kind}`,
    () =>
      hostSubject((path) => new RealDirectoryProvider(path, { exclusive: true, syscalls: kind })),
    { lacks },
  );
}

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
