/**
 * Makes a program of a single file, which needs no runtime and no package where it runs.
 *
 * Usage: `node scripts/build_binary.ts bun|node [file]`; the file is `dist/vfs-server` otherwise.
 * With `node` it is the Node (25.5 or later) that runs this script which goes into the program.
 */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAIN = join(ROOT, "packaging", "main.ts");

/** The `import()` of a single executable knows nothing but Node's own modules; this one knows files. */
const IMPORT_FILE = `
import { constants as vmConstants, Script } from "node:vm";
const importFile = new Script("(url) => import(url)", {
  importModuleDynamically: vmConstants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}).runInThisContext();
`;

/** Modules that are not imported but named, for a thread: each goes into the program as a whole. */
const NAMED = ["adapters/fuse/_worker.ts", "adapters/_mount_sources.ts"];

/**
 * Makes the program with Bun inside.
 *
 * @param file The path of the program.
 */
export function buildBun(file: string): void {
  inDirectory((directory) => {
    const main = join(directory, "main.mjs");
    writeFileSync(main, bundleMain());
    const options = ["--compile", "--minify-whitespace", "--outfile", file];
    run(join(ROOT, "node_modules", ".bin", "bun"), ["build", ...options, main]);
  });
}

/**
 * Makes the program with Node inside.
 *
 * @param file The path of the program.
 */
export function buildNode(file: string): void {
  inDirectory((directory) => {
    const main = join(directory, "main.mjs");
    const code = replace(bundleMain(), "import(pathToFileURL(", "importFile(pathToFileURL(");
    writeFileSync(main, `${IMPORT_FILE}${code}`);
    const config = join(directory, "sea.json");
    const options = {
      mainFormat: "module",
      disableExperimentalSEAWarning: true,
      execArgv: ["--disable-warning=ExperimentalWarning"],
    };
    writeFileSync(config, JSON.stringify({ main, output: file, ...options }));
    run(execPath, ["--build-sea", config]);
  });
}

/** All of the program in one module, with what its threads load as data inside. */
function bundleMain(): string {
  return NAMED.reduce((code, named) => {
    const url = `new URL("./${basename(named)}", import.meta.url)`;
    const data = Buffer.from(bundle(join(ROOT, named))).toString("base64");
    return replace(code, url, `new URL("data:text/javascript;base64,${data}")`);
  }, bundle(MAIN));
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node25",
    // The log tells providers by the names of their classes.
    keepNames: true,
    external: ["bun:*"],
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** Replaces what must be there. */
function replace(code: string, what: string, by: string): string {
  if (!code.includes(what)) throw new Error(`There is no ${what} in the program any more`);
  return code.replaceAll(what, () => by);
}

function inDirectory(work: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "vfs-build-"));
  try {
    work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(command: string, args: string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

if (import.meta.main) {
  const [kind, file = "dist/vfs-server"] = argv.slice(2);
  const build = { bun: buildBun, node: buildNode }[kind ?? ""];
  if (build === undefined) throw new Error("Usage: node scripts/build_binary.ts bun|node [file]");
  mkdirSync(dirname(resolve(file)), { recursive: true });
  build(resolve(file));
}
