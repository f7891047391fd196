/**
 * Makes a program of a single file, which needs no runtime and no package where it runs.
 *
 * Usage: `node scripts/build_binary.ts bun|node [file]`; the file is `dist/vfs-server` otherwise.
 * With `node` it is the Node (25.5 or later) that runs this script which goes into the program.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
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

/**
 * Makes the program with Bun inside.
 *
 * @param file The path of the program.
 */
export function buildBun(file: string): void {
  // The thread that serves a mount is a module of its own, which nothing imports.
  const worker = join(ROOT, "adapters", "fuse", "_worker.ts");
  const options = ["--compile", "--minify-whitespace", "--outfile", file];
  run(join(ROOT, "node_modules", ".bin", "bun"), ["build", ...options, MAIN, worker]);
}

/**
 * Makes the program with Node inside.
 *
 * @param file The path of the program.
 */
export function buildNode(file: string): void {
  const directory = mkdtempSync(join(tmpdir(), "vfs-build-"));
  try {
    const main = join(directory, "main.mjs");
    buildSync({
      entryPoints: [MAIN],
      outfile: main,
      banner: { js: IMPORT_FILE },
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node25",
      logLevel: "error",
    });
    const code = readFileSync(main, "utf8");
    const importing = "import(pathToFileURL(";
    if (!code.includes(importing)) throw new Error("Who imports the user's modules is not found");
    writeFileSync(main, code.replace(importing, "importFile(pathToFileURL("));
    const config = join(directory, "sea.json");
    writeFileSync(
      config,
      JSON.stringify({
        main,
        mainFormat: "module",
        output: file,
        disableExperimentalSEAWarning: true,
      }),
    );
    run(execPath, ["--build-sea", config]);
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
