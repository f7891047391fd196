// Runs with a limit of 1 or 2 GiB on the size of files: prints what is answered beyond it. (A small
// limit would hit the files that runtimes write for themselves.)
import process from "node:process";
import { RealDirectoryProvider } from "../../adapters/realfs/mod.ts";
import { O_CREAT, O_RDWR, toVfsError } from "../../src/fs/mod.ts";

const [directory, syscalls] = process.argv.slice(2) as [string, "portable" | "native"];
const provider = new RealDirectoryProvider(directory, { syscalls });
const file = provider.open("/f", O_RDWR | O_CREAT, 0o600);
const code = async (action: () => unknown): Promise<string> => {
  try {
    await action();
    return "ok";
  } catch (error) {
    return toVfsError(error).code;
  }
};
const written = await code(() => file.writeAt(new Uint8Array(10), 2 ** 33));
const truncated = await code(() => file.truncate(2 ** 33));
console.log(`write: ${written} truncate: ${truncated} alive`);
