import type { Runtime } from "../../adapters/runtime.ts";
import { RemoteProvider, VfsClient } from "../client/mod.ts";
import { type Handle, VfsError } from "../fs/mod.ts";
import { cannot, CommandError } from "./command_error.ts";
import { defaultSocket } from "./default_socket.ts";
import * as flag from "./flag.ts";
import type { OpenFile, Tree } from "./tree.ts";

/** The flags that say where the server is. */
export interface ConnectionFlagValues {
  readonly socket?: string;
  readonly timeout?: number;
}

/** The flags of every command that asks a server. */
export const CONNECTION_FLAGS: flag.FlagsOf<ConnectionFlagValues> = {
  socket: flag.text("PATH", {
    short: "s",
    group: "Server",
    summary: "the server's socket (default $VFS_SOCKET or ./vfs.sock)",
  }),
  timeout: flag.duration({
    group: "Server",
    summary: "how long to wait for an answer (default 30s)",
  }),
};

/** A served tree, and how to leave it. */
export interface OpenTree {
  readonly tree: Tree;
  readonly close: () => Promise<void>;
}

/**
 * Connects to a server.
 *
 * @param runtime Who connects.
 * @param flags Where to.
 * @throws {CommandError} If nobody can be connected to.
 */
export async function openTree(runtime: Runtime, flags: ConnectionFlagValues): Promise<OpenTree> {
  const socket = flags.socket ?? defaultSocket(runtime);
  const timeoutMs = flags.timeout ?? 30_000;
  try {
    const client = await VfsClient.connect(() => runtime.connect(socket), { timeoutMs });
    return { tree: treeOf(client), close: () => client.close() };
  } catch (error) {
    throw notConnected(socket, error, "--socket");
  }
}

/** Says why a server could not be connected to, and with which flag to say where it is. */
export function notConnected(socket: string, error: unknown, flag: string): CommandError {
  const code = error instanceof VfsError ? error.code : undefined;
  if (code !== "ENOENT" && code !== "ECONNREFUSED") return cannot(`connect to ${socket}`, error);
  return new CommandError(
    `Cannot connect to ${socket}: no server is there (${code}); start one, or say where with ${flag}`,
  );
}

function treeOf(client: VfsClient): Tree {
  const provider = new RemoteProvider(client);
  return {
    client,
    provider,
    stat: (path) => provider.stat(path),
    readDir: (path) => provider.readDir(path),
    readlink: (path) => provider.readlink(path),
    unlink: (path) => provider.unlink(path),
    rmdir: (path) => provider.rmdir(path),
    open: async (path, flags, mode) => openFile(await provider.open(path, flags, mode)),
  };
}

function openFile(handle: Handle): OpenFile {
  return {
    read: async (offset, size) => {
      const buffer = new Uint8Array(size);
      return buffer.subarray(0, await handle.readAt(buffer, offset));
    },
    write: async (offset, data) => await handle.writeAt(data, offset),
    close: async () => await handle.close(),
  };
}
