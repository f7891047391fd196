/** What the tests of interception are written with. */
import {
  type DirEntry,
  type FileInfo,
  type Handle,
  isDirectory,
  isSymlink,
  joinPath,
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  type OpContext,
  type Provider,
  timespecToMs,
  VfsError,
} from "../../src/fs/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

export function text(data: Uint8Array): string {
  return decoder.decode(data);
}

/** Does something with an open file, and closes it whatever happens. */
export async function using<T>(
  handle: Handle | PromiseLike<Handle>,
  use: (handle: Handle) => T | PromiseLike<T>,
): Promise<T> {
  const opened = await handle;
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

export async function readHandle(handle: Handle, context?: OpContext): Promise<string> {
  const buffer = new Uint8Array(4096);
  return text(buffer.subarray(0, await handle.readAt(buffer, 0, context)));
}

export function readText(provider: Provider, path: string, context?: OpContext): Promise<string> {
  return using(
    provider.open(path, O_RDONLY, 0, context),
    (handle) => readHandle(handle, context),
  );
}

export async function writeText(
  provider: Provider,
  path: string,
  content: string,
  flags: number = O_WRONLY | O_CREAT | O_TRUNC,
  context?: OpContext,
): Promise<void> {
  await using(provider.open(path, flags, 0o644, context), async (handle) => {
    await handle.writeAt(bytes(content), 0, context);
  });
}

/** The errno with which something fails, or what it gave. */
export async function outcome(action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof VfsError) return error.code;
    throw error;
  }
}

export async function names(provider: Provider, directory: string): Promise<string[]> {
  const entries: DirEntry[] = await provider.readDir(directory);
  return entries.map(({ name }) => name).sort();
}

/** All that can be known of a tree, as lines. */
export async function snapshot(provider: Provider, top: string): Promise<string[]> {
  const lines: string[] = [];
  const visit = async (path: string) => {
    const info = await provider.stat(path);
    lines.push(`${path} ${describe(info)} ${await content(provider, path, info)}`);
    if (!isDirectory(info.mode)) return;
    for (const name of await names(provider, path)) await visit(joinPath(path, name));
  };
  await visit(top);
  return lines;
}

function describe({ ino, mode, uid, gid, size, mtime }: FileInfo): string {
  return `${ino} ${mode.toString(8)} ${uid}:${gid} ${size} ${timespecToMs(mtime)}`;
}

async function content(provider: Provider, path: string, info: FileInfo): Promise<string> {
  if (isSymlink(info.mode)) return await provider.readlink(path);
  const attributes = await outcome(() => provider.listxattr(path));
  const values = Array.isArray(attributes)
    ? await Promise.all(
      attributes.toSorted().map(async (name) =>
        `${name}=${text(await provider.getxattr(path, name))}`
      ),
    )
    : [];
  const data = isDirectory(info.mode) ? "" : JSON.stringify(await readText(provider, path));
  return [data, ...values].join(" ");
}
