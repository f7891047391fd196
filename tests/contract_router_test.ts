import { MemoryProvider, MountRouter } from "../src/providers/mod.ts";
import { prefixed } from "./_prefixed.ts";
import { testProvider } from "./_provider_contract.ts";

// The first mount passes through as it is; the second has its inode numbers and handles wrapped.
testProvider("memory mounted at /", () => ({
  provider: new MountRouter({ "/": new MemoryProvider() }),
}));

testProvider("memory mounted at /w", () => ({
  provider: prefixed(
    new MountRouter({ "/other": new MemoryProvider(), "/w": new MemoryProvider() }),
    "/w",
  ),
}));

// A directory of a mount that has other mounts below it: each path is looked at more closely.
testProvider("memory mounted at / beside others", () => {
  const memory = new MemoryProvider();
  memory.mkdir("/w", 0o755);
  const router = new MountRouter({ "/": memory, "/mnt/deep": new MemoryProvider() });
  return { provider: prefixed(router, "/w") };
}, { lacks: ["root"] });
