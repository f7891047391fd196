/**
 * The command line as a process of its own, under the runtime that runs the test.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../mod.ts", import.meta.url));
/** How the runtime that runs the test runs a program. */
const RUN = "Deno" in globalThis ? ["run", "--allow-all"] : [];

/** How long anything may take before the test gives up, in milliseconds. */
const PATIENCE = 120_000;

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: Uint8Array;
  readonly err: string;
}

/** The command line while it runs. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #err = "";

  /**
   * @param args The arguments.
   * @param cwd The directory to run it in.
   * @param input What it reads from its standard input.
   */
  constructor(args: readonly string[], cwd: string, input: Uint8Array = new Uint8Array()) {
    this.child = spawn(process.execPath, [...RUN, MAIN, ...args], { cwd });
    const out: Uint8Array[] = [];
    this.child.stdout!.on("data", (piece: Uint8Array) => void out.push(piece));
    this.child.stderr!.on("data", (piece: Uint8Array) => {
      this.#err += new TextDecoder().decode(piece);
    });
    // A program that does not want its input may be gone before it is written.
    this.child.stdin!.on("error", () => {});
    this.child.stdin!.end(input);
    this.ended = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (status, signal) => {
        resolve({ status, signal, out: joinBytes(out), err: this.#err });
      });
    });
  }

  /** What it has written to the standard error so far. */
  get err(): string {
    return this.#err;
  }

  /** Waits until a text stands in the standard error. */
  async errHas(text: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!this.#err.includes(text)) {
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`Not written: ${text}\nWritten: ${this.#err}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Sends a signal; by number, because Deno believes that a child it killed itself died of that. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    try {
      process.kill(this.child.pid!, signal);
    } catch {
      // It has just ended by itself.
    }
  }

  /** Sends a signal, and waits for the end. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.signal(signal);
    return await this.ended;
  }
}

/** Runs a command to its end. */
export function runCli(
  args: readonly string[],
  cwd: string,
  input?: Uint8Array,
): Promise<Ended> {
  return new CliProcess(args, cwd, input).ended;
}

/** Starts a server, lets a test use it, and ends it however that goes. */
export async function servingCli(
  args: readonly string[],
  cwd: string,
  use: (server: CliProcess) => Promise<void>,
): Promise<Ended> {
  const server = new CliProcess(args, cwd);
  try {
    await server.errHas("erving");
    await use(server);
    return await server.end();
  } finally {
    await server.end("SIGKILL");
  }
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
