/** What a thread of its own can mount, made of options. The exports are named like the sources. */
import { MemoryProvider } from "../src/providers/memory/mod.ts";
import type { MemoryOptions } from "../src/providers/memory/options.ts";
import { RealDirectoryProvider } from "./realfs/mod.ts";
import type { RealDirectoryOptions } from "./realfs/options.ts";

/** Opens a directory of the host. */
export function directory(
  { directory, options }: {
    readonly directory: string;
    readonly options: RealDirectoryOptions;
  },
): RealDirectoryProvider {
  return new RealDirectoryProvider(directory, options);
}

/** Makes an empty tree in memory. */
export function memory(options: MemoryOptions): MemoryProvider {
  return new MemoryProvider(options);
}
