// Runs under strace, which makes system calls on one file fail: prints what the provider answers.
import process from "node:process";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { O_RDWR, toVfsError } from "../../src/fs/mod.ts";

const [directory, syscalls] = process.argv.slice(2) as [string, "portable" | "native"];
const provider = new RealDirectoryProvider(directory, { syscalls });
const file = provider.open("/file", O_RDWR);
const answers: string[] = [];
const attempts: (() => unknown)[] = [
  () => file.readAt(new Uint8Array(8), 0),
  () => file.writeAt(new Uint8Array(8), 0),
  () => file.sync(),
  () => file.truncate(1),
];
for (const attempt of attempts) {
  try {
    await attempt();
    answers.push("ok");
  } catch (error) {
    answers.push(toVfsError(error).code);
  }
}
console.log(answers.join(" "));
