import { spawn } from "node:child_process";
import process from "node:process";

/** What tells a process that it is the daemon. */
const MARK = { VFS_SERVER_DAEMON: "1" };

/** Runs this program once more, without a terminal; see {@link Runtime.startDaemon}. */
export function startDaemon(): Promise<number | undefined> {
  const [program, ...args] = commandLine();
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...MARK },
    });
    child.on("error", reject);
    child.stderr.on("data", (bytes: Uint8Array) => void process.stderr.write(bytes));
    child.stdout.once("data", () => {
      resolve(undefined);
      // From here on this process may end while the other lives.
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
    });
    // A status of its own says why it ended; a signal has none.
    child.on("close", (status) => resolve(status ?? 1));
  });
}

/** How this process was started. */
function commandLine(): string[] {
  const { Deno } = globalThis as { readonly Deno?: { readonly mainModule: string } };
  const own = process.argv.slice(2);
  if (isSingleFile()) return [process.execPath, ...own];
  if (Deno === undefined) return [process.execPath, ...process.execArgv, process.argv[1]!, ...own];
  // Deno does not tell which permissions it was given; who may run programs has all of them anyway.
  return [process.execPath, "run", "--allow-all", Deno.mainModule, ...own];
}

/** Whether the program that runs has this script inside of it. */
function isSingleFile(): boolean {
  if (process.argv[1]?.startsWith("/$bunfs/") === true) return true;
  const sea = process.getBuiltinModule?.("node:sea") as { isSea?(): boolean } | undefined;
  return sea?.isSea?.() === true;
}
