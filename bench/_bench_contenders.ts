import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Which tree a server serves. */
export type Tree = "memory" | "directory";

/** Something that is measured. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  /** The command that serves a tree on a socket; `undefined` if it has no such tree. */
  serve(tree: Tree, socket: string, root: string): readonly string[] | undefined;
  /** The command of the echo server that is its floor. */
  echo(socket: string): readonly string[] | undefined;
}

const BIN = join(import.meta.dirname!, "..", "node_modules", ".bin");
const script = (name: string) => join(import.meta.dirname!, name);

/** How each runtime runs a script. */
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  node: ["node"],
  deno: ["deno", "run", "-A", "--no-check"],
  bun: ["bun"],
};

/** Our server on the runtimes that are there. */
export function ours(): Contender[] {
  const found: Contender[] = [];
  for (const [name, [program, ...args]] of Object.entries(RUNTIMES)) {
    const local = join(BIN, program!);
    const command = [existsSync(local) ? local : program!, ...args];
    let version: string;
    try {
      version = execFileSync(command[0]!, ["--version"], { encoding: "utf8" });
    } catch {
      console.log(`Skipped ${name}: it cannot be run`);
      continue;
    }
    found.push({
      name,
      version: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? version.trim(),
      serve: (tree, socket, root) => [...command, script("_bench_server.ts"), tree, socket, root],
      echo: (socket) => [...command, script("_bench_echo.ts"), socket],
    });
  }
  return found;
}

/** A server in Go: the reference, or what stands in for it. */
export function inGo(program: string, standsIn: boolean): Contender {
  const version = execFileSync("go", ["version"], { encoding: "utf8" });
  const number = /go(\d\S*)/.exec(version)?.[1] ?? version.trim();
  return {
    name: "go",
    version: standsIn ? `${number} (the stand-in)` : number,
    serve: (tree, socket, root) => [program, tree, socket, root],
    echo: () => undefined,
  };
}
