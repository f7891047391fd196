/** The providers that the tests of mounts serve, in a thread of their own or live. */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { RemoteProvider, VfsClient } from "../../src/client/mod.ts";
import type { FileInfo, Provider } from "../../src/fs/mod.ts";
import { MemoryProvider } from "../../src/providers/memory/mod.ts";
import { runtime } from "../_runtime.ts";

export function memory(): MemoryProvider {
  const root = { uid: process.getuid!(), gid: process.getgid!() };
  return new MemoryProvider({ limit: 4 * 2 ** 30, root });
}

export function real(root: string): RealDirectoryProvider {
  return new RealDirectoryProvider(root);
}

/**
 * A directory of the host that another process serves, over a socket that lies beside it. Only live:
 * a connection needs an event loop. The process ends with this one, when its standard input does.
 */
export async function served(root: string): Promise<Provider> {
  const socket = `${root}.sock`;
  const script = fileURLToPath(new URL("./_host_script.ts", import.meta.url));
  const args = "Deno" in globalThis ? ["run", "-A", "--no-check", script] : [script];
  const child = spawn(process.execPath, [...args, socket, root], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return new RemoteProvider(await VfsClient.connect(() => runtime.connect(socket)));
}

/** What somebody serves on a socket beside a directory. */
export async function connected(root: string): Promise<Provider> {
  const connect = () => runtime.connect(`${root}.connected`);
  return new RemoteProvider(await VfsClient.connect(connect, { timeoutMs: 1000 }));
}

/** The same, asked in version 1 of the protocol. */
export async function old(root: string): Promise<Provider> {
  const connect = () => runtime.connect(`${root}.connected`);
  return new RemoteProvider(await VfsClient.connect(connect, { version: 1 }));
}

/** A memory that answers after a while, whatever it is asked. */
export function slow(): Provider {
  const provider: Provider = memory();
  const stat = provider.stat.bind(provider);
  const lookup = provider.lookup.bind(provider);
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 2));
  provider.stat = async (path, context) => {
    await wait();
    return await stat(path, context);
  };
  provider.lookup = async (path, context) => {
    await wait();
    return await lookup(path, context);
  };
  return provider;
}

/** A memory in which names that begin with `silent` are never found, and never not found. */
export function silent(): Provider {
  const provider: Provider = memory();
  const lookup = provider.lookup.bind(provider);
  provider.lookup = (path, context) =>
    path.startsWith("/silent") ? new Promise(() => {}) : lookup(path, context);
  return provider;
}

/** A memory in which a file `/clock` changes by itself, a hundred times a second, and tells of it. */
export function restless(): Provider {
  const provider = memory();
  let count = 0;
  const write = () => {
    const handle = provider.open("/clock", 0o1102, 0o644);
    handle.writeAt(new TextEncoder().encode(`${count++}\n`.padStart(10)), 0);
    handle.close();
  };
  write();
  const watch = (_path: string, listener: (change: { kind: string; path: string }) => void) => {
    const timer = setInterval(() => {
      write();
      listener({ kind: "inode", path: "/clock" });
    }, 10);
    return () => clearInterval(timer);
  };
  return Object.assign(provider, { watch }) as Provider;
}

/** A provider without a root. */
export function broken(): Provider {
  const provider = memory();
  provider.stat = (): FileInfo => {
    throw new RangeError("This provider is broken");
  };
  return provider;
}
