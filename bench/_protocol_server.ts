/** Serves a small tree in memory on the socket that is named, until it is killed. */
import process from "node:process";
import { MemoryProvider } from "../src/providers/mod.ts";
import { VfsServer } from "../src/server/mod.ts";
import { adapter } from "./_protocol_runtime.ts";

const tree = MemoryProvider.from({ "dir": {} });
tree.writeFile("/dir/file.txt", new Uint8Array(1 << 20));
await adapter.serveUnixBackground(new VfsServer(tree), process.argv[2]!);
process.stdout.write("ready\n");
setInterval(() => {}, 1 << 30);
