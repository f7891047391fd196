/** The providers that the tests of mounts serve in a thread of its own. */
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { MemoryProvider } from "../../src/providers/memory/mod.ts";

export function memory(): MemoryProvider {
  return new MemoryProvider({ limit: 4 * 2 ** 30 });
}

export function real(root: string): RealDirectoryProvider {
  return new RealDirectoryProvider(root);
}
