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

/** A server in Go that is ready to run, or why there is none. */
export type Built = { program: string } | { skipped: string };

/**
 * Builds the reference server: from the checkout that `MATCHLOCK_DIR` names, otherwise from the
 * module.
 */
export function buildMatchlock(out: string): Built {
  const checkout = process.env["MATCHLOCK_DIR"];
  return build("matchlock", out, (go) => {
    if (checkout === undefined) return go("get", `${MODULE}@latest`);
    go("mod", "edit", `-require=${MODULE}@v0.0.0`, `-replace=${MODULE}=${checkout}`);
    go("mod", "tidy");
  });
}

/** Builds the server that stands in for the reference where that is not to be had. */
export function buildStandIn(out: string): Built {
  return build("go_standin", out, () => {});
}

function build(name: string, out: string, prepare: (go: Go) => void): Built {
  const program = join(out, name);
  const directory = join(out, `${name}-main`);
  const go: Go = (...args) => {
    const env = { ...process.env, GOFLAGS: "-mod=mod" };
    execFileSync("go", args, { cwd: directory, stdio: "pipe", env });
  };
  cpSync(join(PEERS, name), directory, { recursive: true });
  try {
    prepare(go);
    go("build", "-o", program, ".");
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === "ENOENT";
    return { skipped: isMissing ? "there is no Go" : reason(error) };
  }
  return { program };
}

type Go = (...args: string[]) => void;

/** The last line that a command had to say. */
function reason(error: unknown): string {
  const said = String((error as { stderr?: unknown }).stderr ?? "").trim();
  return (said === "" ? String(error) : said).split("\n").at(-1)!.trim();
}
