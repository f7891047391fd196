import type { RealDirectoryOptions, Runtime } from "../../adapters/runtime.ts";
import type { Provider } from "../fs/mod.ts";
import { type MemoryOptions, MemoryProvider } from "../providers/mod.ts";
import { cannot } from "./command_error.ts";
import { fullPath, joinLocal } from "./local_path.ts";
import type { DirectoryMountOptions, MemoryMountOptions } from "./mount_options.ts";
import type { SourceSpec } from "./mount_spec.ts";
import { formatSize } from "./size.ts";

/** Something that is to be mounted. */
export interface Mount {
  /** Where the guest finds it: a clean path. */
  readonly path: string;
  /** What it finds: what was written, or a provider from a configuration. */
  readonly source: SourceSpec | { readonly kind: "provider"; readonly provider: Provider };
  /** What relative directories count from. */
  readonly base: string;
}

/** A mount with its provider. */
export interface OpenMount {
  /** Where the guest finds it. */
  readonly path: string;
  /** What serves it. */
  readonly provider: Provider;
  /** What it is, for people. */
  readonly label: string;
}

/**
 * Opens what is to be mounted.
 *
 * @param runtime Who opens directories.
 * @param onNotice Told, in a sentence, what a provider misses on this host.
 * @param mount The mount.
 * @throws {CommandError} If it cannot be opened.
 */
export function openMount(
  runtime: Runtime,
  onNotice: (notice: string) => void,
  { path, source, base }: Mount,
): OpenMount {
  if (source.kind === "provider") {
    return { path, provider: source.provider, label: providerName(source.provider) };
  }
  if (source.kind === "memory") {
    return { path, ...openMemory(source.options) };
  }
  const directory = base === "" ? source.directory : joinLocal(base, source.directory);
  const options = directoryOptions(onNotice, source.options);
  try {
    const provider = runtime.openDirectory(directory, options);
    const label = fullPath(runtime.cwd(), directory);
    return { path, provider, label: source.options.ro ? `${label}, read-only` : label };
  } catch (error) {
    throw cannot(`mount ${directory} at ${path}`, error);
  }
}

/** What the options of a directory are for its provider. */
export function directoryOptions(
  onNotice: (notice: string) => void,
  { ro, uid, gid, ownership, nosymlink, nospecial, noxdev, exclusive }: DirectoryMountOptions,
): RealDirectoryOptions {
  return {
    ...(ro && { readonly: true }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(ownership !== undefined && { ownership }),
    ...(nosymlink && { symlinks: "deny" }),
    ...(nospecial && { specials: "deny" }),
    ...(noxdev && { noxdev }),
    ...(exclusive && { exclusive }),
    onNotice,
  };
}

/** What the options of a tree in memory are for its provider. */
export function memoryOptions(options: MemoryMountOptions): MemoryOptions {
  const { mode, uid, gid, ...limits } = options;
  const root = {
    ...(mode !== undefined && { mode }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  };
  return { ...limits, root };
}

function openMemory(options: MemoryMountOptions): { provider: Provider; label: string } {
  const { limit } = options;
  const label = limit === undefined ? "memory" : `memory, ${formatSize(limit)}`;
  return { provider: new MemoryProvider(memoryOptions(options)), label };
}

function providerName(provider: Provider): string {
  const name = provider.constructor?.name;
  const label = name === undefined || name === "" || name === "Object" ? "own provider" : name;
  return provider.readonly ? `${label}, read-only` : label;
}
