/**
 * Serves a directory of the host on a socket, until its standard input ends: the other end of a
 * mount of a server, in a process of its own.
 *
 * Usage: `_host_script.ts <socket> <directory>`
 */
import process from "node:process";
import { VfsServer } from "../../src/server/mod.ts";
import { adapter, runtime } from "../_runtime.ts";

const [socket, directory] = process.argv.slice(2);
const server = new VfsServer(runtime.openDirectory(directory!));
await adapter.serveUnixBackground(server, socket!);
await runtime.print(1, "ready\n");
process.stdin.on("end", () => process.exit());
process.stdin.resume();
