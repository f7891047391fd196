import { spawn } from "node:child_process";
import process from "node:process";

/** What became of a command. */
export interface CommandResult {
  /** Its status; -1 if it could not be started, was killed, or took too long. */
  readonly code: number;
  /** What it said on its standard error, or why it could not be started. */
  readonly message: string;
}

/** How long a command may take, in milliseconds. */
const PATIENCE = 20_000;

/**
 * Runs a command of the system. It never throws.
 *
 * @param fd A descriptor that the command gets as number 3.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  fd?: number,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: fd === undefined ? ["ignore", "ignore", "pipe"] : ["ignore", "ignore", "pipe", fd],
      env: { ...process.env, LC_ALL: "C" },
    });
    let text = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve({ code: -1, message: `${command} took too long` });
    }, PATIENCE);
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => text += chunk);
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ code: -1, message: error.message });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, message: text.trim() });
    });
  });
}
