/** The provider that `bench/fuse.ts` has mounted. */
import { MemoryProvider } from "../src/providers/memory/mod.ts";

export function memory(): MemoryProvider {
  return new MemoryProvider({ limit: 2 ** 31 });
}
