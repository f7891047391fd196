/**
 * Serves memory or a directory until it is killed: `_bench_server.ts memory|directory SOCKET [ROOT]`.
 * The limits are those that the rows of many connections and handles need.
 */
import process from "node:process";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { adapter } from "./_protocol_runtime.ts";

const [kind, socket, root] = process.argv.slice(2);
const provider = kind === "directory"
  ? adapter.runtime.openDirectory(root!)
  : new MemoryProvider({ limit: Infinity });
const handles = 1 << 20;
const limits = { connections: 256, handles, handlesPerConnection: handles };
await adapter.serveUnixBackground(new VfsServer(provider, { limits }), socket!);
process.stdout.write("ready\n");
setInterval(() => {}, 1 << 30);
