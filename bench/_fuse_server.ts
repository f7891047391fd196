/**
 * Mounts a memory for `bench/fuse.ts` until it gets SIGTERM.
 *
 * Usage: `_fuse_server.ts <thread|live> <directory> <options as JSON>`
 */
import process from "node:process";
import { mount } from "../adapters/fuse/mod.ts";
import { memory } from "./_fuse_memory.ts";

const [, , way, directory, options] = process.argv;
const module = new URL("./_fuse_memory.ts", import.meta.url);
const source = way === "thread" ? { module, export: "memory" } : memory();
const mounted = await mount(source, directory!, { signals: true, ...JSON.parse(options!) });
console.log("ready");
await mounted.closed;
