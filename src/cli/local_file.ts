import type { Runtime } from "../../adapters/runtime.ts";
import {
  type Awaitable,
  type Handle,
  isDirectory,
  isSymlink,
  joinPath,
  mayModify,
  O_RDONLY,
  type Provider,
  VfsError,
} from "../fs/mod.ts";
import { cannot } from "./command_error.ts";
import { joinLocal, splitLocal } from "./local_path.ts";
import { CHUNK } from "./tree.ts";

/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

/** A file of the host that is open for reading. */
export interface LocalFile {
  /** Its mode, with the type. */
  readonly mode: number;
  /** Reads it, piece by piece. A piece is valid until the next one. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Closes it. */
  readonly close: () => Awaitable<void>;
}

/**
 * Opens a file of the host for reading.
 *
 * @param runtime Whose filesystem.
 * @param path The file.
 * @throws {VfsError} EISDIR for a directory, ENXIO for a special file, and what `open(2)` says.
 */
export async function openLocal(runtime: Runtime, path: string): Promise<LocalFile> {
  const { file, mode } = await openLocalHandle(runtime, path, O_RDONLY);
  return { mode, pieces: piecesOf(file, path), close: () => file.close() };
}

/**
 * Opens a file of the host as its user does: links are followed, also the last. The directory
 * provider, which opens it, does not follow them.
 *
 * @param runtime Whose filesystem.
 * @param path The file.
 * @param flags How to open it; with O_CREAT it may be missing.
 * @param permissions Those of a new file.
 * @returns The file and its mode; 0 for one that was missing.
 * @throws {VfsError} EISDIR for a directory, ENXIO for a special file, and what `open(2)` says.
 */
export async function openLocalHandle(
  runtime: Runtime,
  path: string,
  flags: number,
  permissions = 0,
): Promise<{ readonly file: Handle; readonly mode: number }> {
  // Locks that other processes see need more than the portable system calls.
  const options = mayModify(flags) ? {} : { readonly: true, syscalls: "portable" } as const;
  for (let links = 0; links < MAX_LINKS; links++) {
    const { directory, name } = splitLocal(path);
    if (name === "" || name === "." || name === "..") throw new VfsError("EISDIR", path);
    const provider = runtime.openDirectory(directory, options);
    try {
      const inside = joinPath("/", name);
      const mode = (await provider.lookup(inside))?.mode ?? 0;
      if (!isSymlink(mode)) {
        if (isDirectory(mode)) throw new VfsError("EISDIR", path);
        return { file: await provider.open(inside, flags, permissions), mode };
      }
      path = joinLocal(directory, await provider.readlink(inside));
    } finally {
      closeProvider(provider);
    }
  }
  throw new VfsError("ELOOP", path);
}

/** Lets go of what a provider keeps open; those of directories do, and their files live on. */
export function closeProvider(provider: Provider & { close?: () => void }): void {
  provider.close?.();
}

async function* piecesOf(file: Handle, path: string): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  try {
    for (let offset = 0;;) {
      const count = await file.readAt(buffer, offset);
      if (count === 0) return;
      yield buffer.subarray(0, count);
      offset += count;
    }
  } catch (error) {
    throw cannot(`read ${path}`, error);
  }
}
