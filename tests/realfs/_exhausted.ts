// Runs with few descriptors: prints what happens when there are no more, and when there are again.
import fs from "node:fs";
import process from "node:process";
import { type RealDirectoryOptions, RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { type Handle, O_RDONLY, toVfsError } from "../../src/fs/mod.ts";

const [directory, syscalls] = process.argv.slice(2) as [string, "portable" | "native"];
const options: RealDirectoryOptions = { syscalls };
const provider = new RealDirectoryProvider(directory, options);
const handles: Handle[] = [];
const code = async (action: () => unknown): Promise<string> => {
  try {
    await action();
    return "ok";
  } catch (error) {
    return toVfsError(error).code;
  }
};
// Some runtimes raise the limit to what the host allows when they start.
const opened = await code(() => {
  for (let i = 0; i < 100_000; i++) handles.push(provider.open(`/f${i % 300}`, O_RDONLY));
});
// The last attempt may have given one back.
const rest: number[] = [];
await code(() => {
  for (;;) rest.push(fs.openSync("/dev/null", O_RDONLY));
});
const listed = await code(() => provider.readDir("/"));
for (const handle of handles) await handle.close();
for (const descriptor of rest) fs.closeSync(descriptor);
console.log(`open: ${opened} readDir: ${listed} later: ${(await provider.readDir("/")).length}`);
