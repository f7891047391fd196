import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. */
export interface ServeProcess {
  readonly child: ChildProcess;
  /** The first line that it printed: `ready`, or `error` and a code. */
  readonly said: string;
  /** Resolves to how it ended: the exit status, or the signal. */
  readonly ended: Promise<number | string>;
}

/** Starts a server with the runtime that runs the tests, and waits until it has said something. */
export async function startProcess(
  socket: string,
  tree: string,
  { slow = false, descriptors }: { readonly slow?: boolean; readonly descriptors?: number } = {},
): Promise<ServeProcess> {
  const script = fileURLToPath(new URL("./_serve_script.ts", import.meta.url));
  const flags = "Deno" in globalThis ? ["run", "-A", "--no-check", "-q"] : [];
  const command = [process.execPath, ...flags, script, socket, tree, ...(slow ? ["slow"] : [])];
  const child = descriptors === undefined
    ? spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "inherit"] })
    : spawn("sh", ["-c", `ulimit -n ${descriptors}; exec "$@"`, "sh", ...command], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  const ended = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const said = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk) => {
      text += String(chunk);
      const end = text.indexOf("\n");
      if (end !== -1) resolve(text.slice(0, end));
    });
    child.once("error", reject);
    // Not "exit": what it said last may still be under way then.
    child.once(
      "close",
      (code, signal) => reject(new Error(`It ended without a word: ${code ?? signal}`)),
    );
  });
  return { child, said, ended };
}

/** Asks it to stop. Deno believes that a child that it killed itself died of that, hence by number. */
export function terminate({ child }: ServeProcess): void {
  process.kill(child.pid!, "SIGTERM");
}

/** Kills it as hard as possible, and waits until it is gone. */
export async function killProcess({ child, ended }: ServeProcess): Promise<void> {
  child.kill("SIGKILL");
  await ended;
}
