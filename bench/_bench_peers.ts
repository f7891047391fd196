import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const PEERS = join(import.meta.dirname!, "peers");
const MODULE = "github.com/jingkaihe/matchlock";

/** Builds the load generator. */
export function buildLoad(out: string): string {
  const program = join(out, "load");
  const source = join(PEERS, "load/load.c");
  try {
    execFileSync("cc", ["-O2", "-o", program, source, "-lpthread"], { stdio: "pipe" });
  } catch (error) {
    throw new Error(`Cannot build the load generator: it needs a C compiler\n${reason(error)}`);
  }
  return program;
}

/**
 * Builds the reference server: from the checkout that `MATCHLOCK_DIR` names, otherwise from the
 * module.
 *
 * @returns The program, or why there is none.
 */
export function buildMatchlock(out: string): { program: string } | { skipped: string } {
  const program = join(out, "matchlock");
  const directory = join(out, "matchlock-main");
  const checkout = process.env["MATCHLOCK_DIR"];
  const go = (...args: string[]) => {
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    execFileSync("go", args, { cwd: directory, stdio: "pipe", env });
  };
  cpSync(join(PEERS, "matchlock"), directory, { recursive: true });
  try {
    if (checkout === undefined) go("get", `${MODULE}@latest`);
    else {
      go("mod", "edit", `-require=${MODULE}@v0.0.0`, `-replace=${MODULE}=${checkout}`);
      go("mod", "tidy");
    }
    go("build", "-o", program, ".");
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === "ENOENT";
    return { skipped: isMissing ? "there is no Go" : reason(error) };
  }
  return { program };
}

/** The last line that a command had to say. */
function reason(error: unknown): string {
  const said = String((error as { stderr?: unknown }).stderr ?? "").trim();
  return (said === "" ? String(error) : said).split("\n").at(-1)!.trim();
}
