import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let compiled: string | undefined;

/** Compiles the attacker once; where there is no compiler, a script of this runtime does it. */
function command(): string[] {
  if (compiled === undefined) {
    const directory = mkdtempSync(join(tmpdir(), "vfs-race-"));
    process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
    compiled = join(directory, "attacker");
    try {
      execFileSync("cc", ["-O2", "-o", compiled, here("attacker.c")], { stdio: "ignore" });
    } catch {
      compiled = "";
    }
  }
  if (compiled !== "") return [compiled];
  const run = "deno" in process.versions ? ["run", "-A"] : [];
  return [process.execPath, ...run, here("attacker.mjs")];
}

/** Starts a process that exchanges pairs of names; the returned function ends it. */
export async function attack(directory: string, pairs: string[]): Promise<() => Promise<void>> {
  const [program, ...args] = command();
  const child: ChildProcess = spawn(program!, [...args, directory, ...pairs], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  await once(child.stdout!, "data");
  return async () => {
    child.kill("SIGKILL");
    await gone;
    child.stdout!.destroy();
  };
}
