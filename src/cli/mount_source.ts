import type { MountSource, Runtime } from "../../adapters/runtime.ts";
import { RemoteProvider } from "../client/mod.ts";
import { cleanPath, isDirectory, type Provider, VfsError } from "../fs/mod.ts";
import { MountRouter } from "../providers/mod.ts";
import { cannot, type CommandError } from "./command_error.ts";
import { connectRemote } from "./connect_remote.ts";
import { intercept } from "./interception.ts";
import { closeProvider } from "./local_file.ts";
import { fullPath, joinLocal } from "./local_path.ts";
import type { Log } from "./log.ts";
import type { MountFlagValues } from "./mount_flags.ts";
import { parseMountPath, parseSource } from "./mount_spec.ts";
import { directoryOptions, memoryOptions, openMount } from "./open_mount.ts";
import { serveSettings } from "./serve_settings.ts";
import { subtree } from "./subtree.ts";
import { UsageError } from "./usage_error.ts";

/** What is mounted, and what comes with it. */
export interface OpenSource {
  readonly source: MountSource;
  /** What it is, for people. */
  readonly label: string;
  /** Resolves when there is nothing left to mount, with the reason. */
  readonly gone: Promise<CommandError>;
  /** Lets go of it when it is not mounted any more. */
  readonly close: () => Promise<void>;
}

/** What a source is opened with. */
export interface SourceRequest {
  readonly runtime: Runtime;
  readonly log: Log;
  readonly flags: MountFlagValues;
  /** SOURCE, or PATH with --config and --connect; absent if it was left out. */
  readonly operand: string | undefined;
  readonly mountPoint: string;
}

const NEVER = new Promise<CommandError>(() => {});

/**
 * Opens what `vfs-server mount` names: a directory, a tree in memory, a configuration or a server.
 *
 * @throws {UsageError} For a source that cannot be.
 * @throws {CommandError} If it cannot be opened.
 */
export async function openSource(request: SourceRequest): Promise<OpenSource> {
  const { flags: { config, connect } } = request;
  if (config !== undefined && connect !== undefined) {
    throw new UsageError("Cannot mount both --config and --connect: keep one");
  }
  if (connect !== undefined) return await openServer(request, connect);
  if (config !== undefined) return await openConfig(request, config);
  return openNamed(request);
}

function openNamed({ runtime, log, operand, mountPoint }: SourceRequest): OpenSource {
  if (operand === undefined) throw new UsageError("Missing SOURCE: write a directory or memory");
  const source = parseSource(operand, runtime.env("HOME"));
  const onNotice = noticeTo(log);
  // Opened here as well, so that whatever is wrong is said before anything is mounted.
  const { provider, label } = openMount(runtime, onNotice, { path: mountPoint, source, base: "" });
  closeProvider(provider);
  const common = { label, gone: NEVER, close: () => Promise.resolve() };
  if (source.kind === "memory") {
    return { ...common, source: { kind: "memory", options: memoryOptions(source.options) } };
  }
  const options = directoryOptions(onNotice, source.options);
  return { ...common, source: { kind: "directory", directory: source.directory, options } };
}

async function openConfig(request: SourceRequest, config: string): Promise<OpenSource> {
  const { runtime, log } = request;
  const settings = await serveSettings(runtime, { config });
  const onNotice = noticeTo(log);
  const mounts = settings.mounts.map((mount) => openMount(runtime, onNotice, mount));
  const router = new MountRouter(mounts.map(({ path, provider }) => [path, provider] as const));
  const { provider, label, broken, close } = await intercept(runtime, log, settings, router);
  const directories = settings.mounts.flatMap(({ source, base }) =>
    source.kind === "directory" ? [joinLocal(base || ".", source.directory)] : []
  );
  try {
    return {
      ...await below(request, provider, directories),
      label: label === "" ? config : `${config}, with ${label}`,
      gone: broken,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openServer(request: SourceRequest, socket: string): Promise<OpenSource> {
  const { runtime, log, flags, operand } = request;
  const { client, close } = await connectRemote(runtime, log, socket, {
    timeoutMs: flags.timeout ?? 30_000,
    reconnectMs: flags.reconnect ?? 60_000,
  });
  try {
    const { version } = client.server;
    const place = operand === undefined ? "" : `${operand} of `;
    return {
      ...await below(request, new RemoteProvider(client), []),
      label: `${place}${fullPath(runtime.cwd(), socket)}, protocol ${version}`,
      gone: client.closed.then(() => cannot(`reach ${socket}`, new VfsError("ECONNRESET"))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The part of a tree that is to be mounted. */
async function below(
  { operand, mountPoint }: SourceRequest,
  tree: Provider,
  directories: readonly string[],
): Promise<{ readonly source: MountSource }> {
  const root = operand === undefined ? "/" : cleanPath(parseMountPath(operand));
  try {
    if (!isDirectory((await tree.stat(root)).mode)) throw new VfsError("ENOTDIR");
  } catch (error) {
    throw cannot(`mount ${root} at ${mountPoint}`, error);
  }
  return { source: { kind: "provider", provider: subtree(tree, root), directories } };
}

function noticeTo(log: Log): (notice: string) => void {
  return (notice) => log.write("info", "notice", notice);
}
