import { execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import process from "node:process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether servers and generator can have a processor of their own each. */
const pins = availableParallelism() > 1 && process.env["PIN"] !== "0" && hasTaskset();

function hasTaskset(): boolean {
  return (process.env["PATH"] ?? "").split(":").some((directory) => {
    try {
      return readdirSync(directory).includes("taskset");
    } catch {
      return false;
    }
  });
}

/** How processes are placed, for the record. */
export const placement: string = pins
  ? "servers on one processor, the generator on another"
  : "not pinned";

function pinned(processor: number, command: readonly string[]): [string, string[]] {
  const [program, ...args] = pins ? ["taskset", "-c", String(processor), ...command] : command;
  return [program!, args];
}

/** A server in a process of its own. */
export class Server {
  readonly #pid: number;
  readonly #kill: () => Promise<void>;

  private constructor(pid: number, kill: () => Promise<void>) {
    this.#pid = pid;
    this.#kill = kill;
  }

  /** Starts a server, and waits until it says that it is ready. */
  static async start(command: readonly string[]): Promise<Server> {
    const [program, args] = pinned(0, command);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`It ended at once: ${command.join(" ")}`)));
    });
    return new Server(child.pid!, async () => {
      child.kill("SIGKILL");
      await gone;
    });
  }

  /** Processor time of all its threads so far, in nanoseconds. */
  cpu(): number {
    let sum = 0;
    for (const thread of readdirSync(`/proc/${this.#pid}/task`)) {
      try {
        const stat = readFileSync(`/proc/${this.#pid}/task/${thread}/schedstat`, "utf8");
        sum += Number(stat.split(" ")[0]);
      } catch {
        // A thread that ended meanwhile.
      }
    }
    return sum;
  }

  /** Resident memory, in bytes. */
  resident(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
  }

  /** Ends it. */
  stop(): Promise<void> {
    return this.#kill();
  }
}

/** What the generator says. */
export interface Load {
  readonly requests: number;
  readonly all: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly streamed: number;
}

/** Runs the generator once. */
export async function load(program: string, args: readonly string[]): Promise<Load> {
  const [command, rest] = pinned(1, [program, ...args]);
  return JSON.parse((await run(command, rest)).stdout) as Load;
}
