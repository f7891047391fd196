import { spawn } from "node:child_process";
import process from "node:process";

/** What a program did. */
export interface Outcome {
  /** Its status; -1 if it was killed. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** After how many milliseconds it is killed, with everything that it started. */
  readonly timeout?: number;
}

/**
 * Runs a program to its end, in a process group of its own, and never longer than its time limit:
 * a program may hang on a mount that does not answer.
 */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
      // The directory is entered by a shell: a runtime that did it itself would wait in this thread.
      env: { ...process.env, LC_ALL: "C", TZ: "UTC", ...options.env },
    });
    let stdout = "";
    let stderr = "";
    const finish = (code: number | null) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, stdout, stderr });
    };
    const timer = setTimeout(() => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
      stderr += "\n(killed at its time limit)";
      // A process that waits for a dead mount cannot be killed; do not wait for it.
      setTimeout(() => finish(-1), 2000);
    }, options.timeout ?? 60_000);
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", (error) => {
      stderr += error.message;
      finish(-1);
    });
    child.on("close", finish);
  });
}

/** Runs a shell script in a directory. */
export function shell(script: string, options: RunOptions & { cwd: string }): Promise<Outcome> {
  const text = `cd "$1" && shift && ${"set -eu"}\n${script}`;
  return run("/bin/sh", ["-c", text, "sh", options.cwd], options);
}
