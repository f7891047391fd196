// Serves a directory twice, and prints how: which calls, what it was told, or why it is not served.
// What is to happen before may be given as a command.
import { execFileSync } from "node:child_process";
import process from "node:process";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { toVfsError } from "../../src/fs/mod.ts";

const [directory, command] = process.argv.slice(2) as [string, string?];
if (command !== undefined) execFileSync("sh", ["-c", command]);
const notices: string[] = [];
try {
  const options = { onNotice: (notice: string) => notices.push(notice) };
  const [first, second] = [1, 2].map(() => new RealDirectoryProvider(directory, options));
  const { size } = first!.stat("/f");
  console.log(JSON.stringify({ calls: [first!.syscalls, second!.syscalls], size, notices }));
} catch (error) {
  console.log(JSON.stringify({ code: toVfsError(error).code, reason: String(error) }));
}
